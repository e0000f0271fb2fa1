"""The queues of `lambda-local`, in memory and on disk, and moto's server beside them.

The figure to go by is the server's CPU time a message, as a multiple of the floor's: a C program that reads whatever
comes and writes one canned answer. "HTTP alone" is a request to our own server that does nothing, so that what HTTP
costs can be told from what queues cost. Bodies have 256 bytes.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

from measure import RELEASE, ROOT, Program, free_port, wait_until
from sqs_load import Connection, Load

BODY = "x" * 256
NOTHING = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
BACKLOGS = (0, 100_000, 1_000_000)
COUNT = 20_000


def run():
    print(f"\nQueues; load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} CPUs")
    with tempfile.TemporaryDirectory(prefix="queues-bench-") as folder:
        print("floor")
        floor(os.path.join(folder, "floor"))
        print("lambda-local, in memory")
        lambda_local(["--memory"])
        print("lambda-local, on disk")
        lambda_local(["--data", os.path.join(folder, "data")])
    print("moto")
    moto()


@contextmanager
def serving(command, port):
    """A server from its start to its end, with the seconds until it answered."""
    def answers():
        connection = Connection(port)
        connection.call("ListQueues")
        connection.close()
        return True
    with Program(command) as program:
        wait_until(answers, 60)
        yield program, time.monotonic() - program.started


def row(what, figure, unit, more=""):
    print(f"  {what:<44}{figure:>12} {unit:<10}{more}", flush=True)


def rates(load, count):
    """The costs of the operations, at whatever waits in the queue."""
    for what, work, messages in (
            ("SendMessage", lambda n: load.send(n, BODY), count),
            ("SendMessageBatch, 10 messages", lambda n: load.send_batches(n, BODY), 3 * count),
            ("ReceiveMessage + DeleteMessageBatch, 10", load.consume, 4 * count - 200)):
        cpu, rate = load.measured(messages, work)
        row(what, f"{cpu:.1f}", "µs CPU", f"{rate:10,.0f} messages/s")


def floor(program):
    subprocess.run(["clang", "-O2", "-o", program, ROOT / "Benchmarks" / "floor.c"], check=True)
    port = free_port()
    with serving([program, port], port) as (server, _):
        load = Load(server, port, "any")
        for what, work, messages in (
                ("SendMessage", lambda n: load.send(n, BODY), 3 * COUNT),
                ("SendMessageBatch, 10 messages", lambda n: load.send_batches(n, BODY), 10 * COUNT)):
            cpu, rate = load.measured(messages, work)
            row(what, f"{cpu:.1f}", "µs CPU", f"{rate:10,.0f} messages/s")
        load.close()


def http_alone(load, count):
    def nothing(messages):
        done = 0
        while done < messages:
            for connection in load.connections:
                connection.write(NOTHING)
            for connection in load.connections:
                connection.read(status=b"404")
            done += len(load.connections)
        return done
    cpu, rate = load.measured(count, nothing)
    row("HTTP alone: a request that does nothing", f"{cpu:.1f}", "µs CPU", f"{rate:10,.0f} requests/s")


def queue_of(port, name):
    connection = Connection(port)
    url = connection.call("CreateQueue", QueueName=name)["QueueUrl"]
    connection.close()
    return url


def lambda_local(storage):
    port = free_port()
    command = [RELEASE / "lambda-local", "queue", "serve", "--port", port, *storage]
    with serving(command, port) as (server, ready):
        row("ready after", f"{1e3 * ready:.0f}", "ms")
        idle = server.memory()
        row("RSS, idle", f"{idle:.1f}", "MiB")
        load = Load(server, port, queue_of(port, "bench"))
        load.send(2_000, BODY)
        load.consume(1_800)
        http_alone(load, COUNT)
        waiting = 0
        for backlog in BACKLOGS:
            if backlog > waiting:
                load.send_batches(backlog - waiting, BODY)
                waiting = backlog
                each = (server.memory() - idle) * 2**20 / backlog
                row(f"memory a waiting message, at {backlog:,}", f"{each:.0f}", "bytes")
            print(f"  with {backlog:,} waiting:")
            rates(load, COUNT)
        load.close()
        load = Load(server, port, queue_of(port, "latency"))
        times = load.latencies(300, BODY)
        row("send to a waiting poll, p50 / p99", f"{times[150]:.2f} / {times[297]:.2f}", "ms")
        row("500 idle polls", f"{load.idle_polls(500, 5):.2f}", "% CPU")
        cpu, rate = load.measured(COUNT // 4, lambda n: load.one_by_one(n, BODY))
        row("send, receive, delete, one by one", f"{cpu:.1f}", "µs CPU", f"{rate:10,.0f} messages/s")
        load.close()
    if "--data" in storage:
        with serving(command, port) as (server, ready):
            row(f"ready again, with {waiting:,} waiting, after", f"{1e3 * ready:.0f}", "ms")


def moto():
    port = free_port()
    with serving([sys.executable, "-m", "moto.server", "-p", port], port) as (server, ready):
        row("ready after", f"{1e3 * ready:.0f}", "ms")
        row("RSS, idle", f"{server.memory():.1f}", "MiB")
        load = Load(server, port, queue_of(port, "bench"), connections=4)
        rates(load, 100)
        load.close()
