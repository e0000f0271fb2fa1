"""What the checks share: how one is reported, and processes that do not outlive it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager


class Checks:
    """Counts what holds and what does not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    @contextmanager
    def check(self, what):
        """One check: it fails when its block raises."""
        try:
            yield
        except Exception as error:
            self.failed += 1
            print(f"FAIL  {what}: {describe(error)}", flush=True)
        else:
            self.passed += 1
            print(f"ok    {what}", flush=True)

    def skip(self, what, reason):
        print(f"skip  {what}: {reason}", flush=True)

    def finish(self):
        """Prints the sum; returns the exit code."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 1 if self.failed or not self.passed else 0


def describe(error):
    text = str(error).strip() or type(error).__name__
    return text.replace("\n", " | ")[:600]


def expect(condition, seen):
    """Fails the check with what was seen instead."""
    if not condition:
        raise AssertionError(f"unexpected: {seen!r}"[:600])


# What the functions and AWS's clients read.
FOREIGN = ("AWS_", "DATABASE_URL", "SQS_", "LLM_", "BACKEND_", "INACTIVITY_THRESHOLD", "LOG_LEVEL")


def clean_environment():
    """The caller's environment, of which nothing that it says about AWS or the functions gets in the way."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return environment | {"NO_COLOR": "1", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


class Process:
    """A program in a process group of its own, with its output in a file."""

    def __init__(self, command, environment, directory=None):
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(part) for part in command], env=environment, cwd=directory, stdin=subprocess.DEVNULL,
            stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True)

    def log(self):
        size = self.output.seek(0, os.SEEK_END)
        return os.pread(self.output.fileno(), size, 0).decode(errors="replace")

    def wait_for(self, ready, seconds=60):
        """Polls until `ready()` gives something true; fails when the program ends before or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if result := ready():
                return result
            if self.process.poll() is not None:
                raise RuntimeError(f"ended with {self.process.returncode}: {self.log()[-1500:]}")
            time.sleep(0.02)
        raise RuntimeError(f"not ready after {seconds} s: {self.log()[-1500:]}")

    def stop(self, seconds=15):
        """Asks the program to end, then makes it; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                print(f"conformance: {self.process.args[0]} did not end on SIGTERM", file=sys.stderr)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # what it may have left behind
        except ProcessLookupError:
            pass
        code = self.process.wait()
        self.output.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
