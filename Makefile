SWIFT ?= swift
BIN := .build/release
SAMPLES := samples/conversations.jsonl
SOURCES := Package.swift Sources Tests
BUILT := $(BIN)/.built

.DEFAULT_GOAL := help
.PHONY: help setup build demo run invoke test package conformance bench lint format clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
	  printf '  make %-12s %s\n' "$$name" "$$what"; done

setup: ## install what is missing (as root), or name the command that does
	@Scripts/setup

build: setup $(BUILT) ## the three programs, in .build/release/

# Nothing is asked of SwiftPM while no source has changed: a second run starts at once.
$(BUILT): Package.swift Scripts/build $(shell find Sources) | setup
	@SWIFT="$(SWIFT)" Scripts/build >&2
	@touch $@

demo: build ## the main job, end to end: sample conversations become memories; leaves nothing behind
	@$(BIN)/lambda-local demo --samples $(SAMPLES)

run: build ## the same stack, kept up; state in .local/; Ctrl-C stops it
	@$(BIN)/lambda-local up

invoke: build ## one function, one event: make invoke FUNCTION=brain EVENT=events/brain/batch.json
	@test -n "$(FUNCTION)" && test -n "$(EVENT)" || { \
	  echo 'usage: make invoke FUNCTION=backend|brain EVENT=events/FUNCTION/NAME.json' >&2; exit 64; }
	@$(BIN)/lambda-local invoke $(FUNCTION) --event $(EVENT) --samples $(SAMPLES)

test: setup ## all tests, against a PostgreSQL of their own
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(SWIFT) test --disable-xctest

package: build ## dist/backend.zip and dist/brain.zip, for Lambda's provided.al2023 runtime
	@Scripts/setup package
	@Scripts/package

conformance: build ## real clients: AWS's CLI, boto3 and AWS's Runtime Interface Emulator (needs Python)
	@Scripts/setup conformance
	@.venv/bin/python Tests/Conformance/run

bench: build ## speed beside the peers, in one run (needs wrk and Python)
	@Scripts/setup conformance
	@.venv/bin/python Benchmarks/run

lint: ## formatting and style, as CI checks them
	@$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format: ## rewrite in the project's format
	@$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

clean: ## remove what was built (not .local/)
	@rm -rf .build dist
