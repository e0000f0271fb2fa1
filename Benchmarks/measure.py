"""What the benchmarks share: processes and what they cost, wrk, and tables."""

import os
import re
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent
RELEASE = ROOT / ".build" / "release"


def free_ports(count):
    """Ports that nobody listens on, no two of them the same."""
    with ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


def free_port():
    return free_ports(1)[0]


class Program:
    """A process in a group of its own, ended with everything that it started."""

    def __init__(self, command, environment=None, directory=None):
        self.output = tempfile.TemporaryFile()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command], env={**os.environ, **(environment or {})}, cwd=directory,
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True)

    @property
    def pid(self):
        return self.process.pid

    def cpu_seconds(self):
        """User and system time of this process alone, to 10 ms."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, which="VmRSS"):
        """Resident memory in MiB; `VmHWM` is its peak."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{which}:\s+(\d+)", status)[1]) / 1024

    def printed(self):
        """All that it has printed so far."""
        self.output.flush()
        return Path(f"/proc/self/fd/{self.output.fileno()}").read_text(errors="replace")

    def is_alive(self):
        return self.process.poll() is None

    def stop(self):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.pid, sign)
            except ProcessLookupError:
                break
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        self.process.wait()
        self.output.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Load:
    """What wrk saw."""

    def __init__(self, text):
        self.requests = int(re.search(r"(\d+) requests in", text)[1])
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
        self.p50, self.p99 = (milliseconds(re.search(rf"{p}%\s+([\d.]+\w+)", text)[1]) for p in (50, 99))
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        self.failures = (int(bad[1]) if bad else 0) + (sum(map(int, lost.groups())) if lost else 0)


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wrk(url, callers, seconds, size=2):
    """Puts a closed loop on a server: callers with one request at a time each, POST of a JSON string of so many bytes,
    or GET where there is no size.

    Gives nothing when the server is not there (any more).
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if size:
            script.write(f"""wrk.method = "POST"\nwrk.body = '"' .. string.rep("x", {size - 2}) .. '"'\n""")
        script.flush()
        result = subprocess.run(
            ["wrk", "--latency", "-t1", f"-c{callers}", f"-d{seconds}s", "--timeout", "30s", "-s", script.name, url],
            capture_output=True, text=True)
    return Load(result.stdout) if result.returncode == 0 else None


def wait_until(ready, seconds=20):
    """Looks every millisecond."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if ready():
                return
        except (OSError, RuntimeError):
            pass
        time.sleep(0.001)
    raise RuntimeError(f"not ready after {seconds} s")


def table(title, columns, rows):
    """Prints rows of (name, values…); the first of them is what the others are compared with."""
    widths = [max(len(str(row[index])) for row in [columns, *rows]) for index in range(len(columns))]
    print(f"\n{title}")
    for row in [columns, *rows]:
        print("  " + "  ".join(
            str(cell).ljust(width) if index == 0 else str(cell).rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths))))


def median(values):
    return statistics.median(values)
