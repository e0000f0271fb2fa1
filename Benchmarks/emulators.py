"""`lambda-local run` beside AWS's Runtime Interface Emulator and cargo-lambda: the same function, machine and run."""

import http.client
import importlib.util
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from measure import RELEASE, ROOT, Program, free_port, free_ports, median, table, wait_until, wrk

ROUNDS = 3
LAUNCHES = 40
SECONDS = 2
SIZES = [("64 KB", 64 << 10), ("1 MB", 1 << 20), ("6 MB", 6 << 20)]


def run():
    with tempfile.TemporaryDirectory() as folder:
        echo = Path(folder) / "echo"
        subprocess.run(["clang", "-O2", "-o", echo, ROOT / "Benchmarks" / "echo.c"], check=True)
        emulators = [("lambda-local", lambda_local(echo)), ("RIE", rie(echo))]
        if shutil.which("cargo"):
            emulators.append(("cargo-lambda", cargo_lambda(echo, Path(folder))))
        else:
            print("cargo-lambda is left out: it wants cargo, which is not installed", file=sys.stderr)
        # In turns, so that a slow moment of the machine hits all of them, and in any order: who comes after a large
        # program finds the caches cold.
        seen = {name: [] for name, _ in emulators}
        print(f"emulators: {LAUNCHES} launches", file=sys.stderr)
        for _ in range(LAUNCHES):
            for name, emulator in random.sample(emulators, len(emulators)):
                seen[name].append(launch(emulator))
        for number in range(ROUNDS):
            print(f"emulators: round {number + 1} of {ROUNDS}", file=sys.stderr)
            for name, emulator in emulators:
                seen[name].append(under_load(emulator))
    keys = dict.fromkeys(key for figures in seen["lambda-local"] for key in figures)
    table(
        f"Emulators, an echo function: medians of {LAUNCHES} launches and of {ROUNDS} rounds", ["", *seen],
        [(key, *(cell([figures.get(key) for figures in rounds]) for rounds in seen.values())) for key in keys])


def cell(values):
    known = [value for value in values if value is not None]
    return f"{median(known):.4g}" if known else "-"


@contextmanager
def answering(emulator):
    """An emulator that has given its first answer, and the milliseconds until then."""
    with emulator() as (program, path, port):
        def invoke(body=b'{"hello":"world"}'):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", path, body)
            answer = connection.getresponse()
            payload = answer.read()
            connection.close()
            return answer.status == 200 and payload == body
        wait_until(invoke)
        yield program, f"http://127.0.0.1:{port}{path}", (time.monotonic() - program.started) * 1000


def launch(emulator):
    with answering(emulator) as (program, _, milliseconds):
        return {"launch to first answer, ms": milliseconds, "RSS after it, MiB": program.memory()}


def under_load(emulator):
    figures = {}
    with answering(emulator) as (program, url, _):
        for callers in (1, 10):
            wrk(url, callers, 1)
            before = program.cpu_seconds()
            load = wrk(url, callers, SECONDS)
            if not load or not program.is_alive():
                return figures
            if load.failures < load.requests:
                figures[f"{callers} callers: p50, µs"] = load.p50 * 1000
                figures[f"{callers} callers: invocations/s"] = load.rate
                figures[f"{callers} callers: CPU, µs"] = (program.cpu_seconds() - before) / load.requests * 1e6
        for name, size in SIZES:
            load = wrk(url, 1, SECONDS, size)
            if load and not load.failures:
                figures[f"{name} echo: p50, ms"] = load.p50
        figures["peak RSS, MiB"] = program.memory("VmHWM")
        time.sleep(1.5)
        figures["RSS after a quiet second, MiB"] = program.memory()
    return figures


def lambda_local(echo):
    @contextmanager
    def start():
        port = free_port()
        command = [RELEASE / "lambda-local", "run", "--port", port, "--concurrency", 16, "--", echo]
        with Program(command, {"LOG_LEVEL": "error"}) as program:
            yield program, "/2015-03-31/functions/function/invocations", port
    return start


def rie(echo):
    folder = importlib.util.find_spec("samcli").submodule_search_locations[0]
    machine = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
    binary = Path(folder) / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    binary.chmod(0o755)

    @contextmanager
    def start():
        port, runtime_api = free_ports(2)
        command = [binary, "--runtime-interface-emulator-address", f"127.0.0.1:{port}", "--runtime-api-address",
                   f"127.0.0.1:{runtime_api}", "--log-level", "error", echo]
        with Program(command) as program:
            yield program, "/2015-03-31/functions/function/invocations", port
    return start


def cargo_lambda(echo, folder):
    project = folder / "function"
    (project / "src").mkdir(parents=True)
    (project / "Cargo.toml").write_text('[package]\nname = "function"\nversion = "0.1.0"\nedition = "2021"\n')
    (project / "src" / "main.rs").write_text("fn main() {}\n")

    @contextmanager
    def start():
        port = free_port()
        command = [Path(sys.prefix) / "bin" / "cargo-lambda", "lambda", "watch", "--only-lambda-apis", "--quiet",
                   "--invoke-address", "127.0.0.1", "--invoke-port", port]
        with Program(command, directory=project) as program:
            # The function is started by hand, ten of them for ten callers.
            def serves():
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                return True
            wait_until(serves)
            variables = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}/.rt"}
            functions = [Program([echo], variables) for _ in range(10)]
            try:
                yield program, "/2015-03-31/functions/_/invocations", port
            finally:
                for function in functions:
                    function.stop()
    return start
