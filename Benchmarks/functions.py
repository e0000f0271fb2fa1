"""The functions: Runtime API loop, cold start, and what the Backend and the Brain take for their main work."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

from measure import RELEASE, ROOT, Program, free_port, median, table, wait_until, wrk

ROUNDS = 5
TURNS = 20_000
DUE = 1_000
CONVERSATIONS = [10_000, 1_000_000]
BATCH, AT_ONCE, MODEL_SECONDS = 1_000, 64, 0.2

# The caller's own database, queue, model and settings are none of ours; an empty variable counts as none.
CALLERS = dict.fromkeys([
    "DATABASE_URL", "SQS_QUEUE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "BACKEND_URL", "BACKEND_API_KEY",
    "LLM_PROVIDER", "LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"], "")
SETTINGS = {
    "INACTIVITY_THRESHOLD": "2h", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "LOG_LEVEL": "critical",
    "SQS_QUEUE_URL": "http://127.0.0.1:1/000000000000/none", "LLM_MODEL": "none",
}


def run():
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        driver = Driver(folder)
        print("functions: starting a stack", file=sys.stderr)
        urls = stack.enter_context(local_stack())
        conversation = twenty_messages(urls["HTTP"])
        loop(driver)
        cold_starts(driver, urls, conversation)
        history(driver, urls, conversation)
        trigger(driver, urls)
        batch(driver)


class Driver:
    """The Runtime API in C that the functions are measured with."""

    def __init__(self, folder):
        self.folder = folder
        for name, file in ("runtime_api", "runtime_api.c"), ("echo", "echo.c"):
            subprocess.run(
                ["clang", "-O2", "-D_GNU_SOURCE", "-o", folder / name, ROOT / "Benchmarks" / file], check=True)

    def __call__(self, turns, event, program, **settings):
        file = self.folder / "event.json"
        file.write_text(json.dumps(event))
        result = subprocess.run(
            [self.folder / "runtime_api", str(turns), file, program], env=os.environ | CALLERS | SETTINGS | settings,
            stdout=subprocess.PIPE, text=True, check=True)
        run = json.loads(result.stdout)
        if run["response"].get("statusCode", 200) >= 400:
            raise RuntimeError(f"{program}: {run['response']}")
        return run


@contextmanager
def local_stack():
    """The whole stack, with nothing due to it; gives its addresses by their names."""
    command = [RELEASE / "lambda-local", "up", "--ephemeral", "--port", 0, "--http-port", 0, "--sqs-port", 0]
    with Program(command, CALLERS | {"LOG_LEVEL": "error", "INACTIVITY_THRESHOLD": "2h"}, ROOT) as program:
        urls = {}

        def started():
            urls.update(re.findall(r"^\s*(HTTP|Lambda|SQS|Database)\s+(\S+)", program.printed(), re.MULTILINE))
            return len(urls) == 4
        wait_until(started, 60)
        yield urls


def twenty_messages(url):
    def post(path, body):
        request = urllib.request.Request(
            url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    user = post("/users", {"phone_number": "+15550000001"})["id"]
    conversation = post(f"/users/{user}/conversations", {})["id"]
    for number in range(20):
        role = "assistant" if number % 2 else "user"
        post(f"/conversations/{conversation}/messages", {"role": role, "content": f"{number} " + "x" * 120})
    return conversation


def http_event(method, path, query=""):
    event = json.loads((ROOT / "events" / "backend" / "health.json").read_text())
    event |= {"rawPath": path, "rawQueryString": query}
    event["requestContext"]["http"] |= {"method": method, "path": path}
    return event


def figures(runs, *names):
    values = [median([run[name] for run in runs]) for name in names]
    return [f"{value:.0f}" if value >= 100 else f"{value:.3g}" for value in values]


def loop(driver):
    print("functions: the Runtime API loop", file=sys.stderr)
    programs = {"LambdaRuntime": RELEASE / "echo-function", "floor in C": driver.folder / "echo"}
    runs = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            runs[name].append(driver(TURNS, {"hello": "world"}, program))
    table(
        f"Runtime API loop, an echo function: medians of {ROUNDS} rounds of {TURNS} events",
        ["", "turn, µs", "CPU, µs"], [(name, *figures(seen, "turn_us", "cpu_us")) for name, seen in runs.items()])


def backend(urls):
    return {"DATABASE_URL": urls["Database"]}


def cold_starts(driver, urls, conversation):
    print("functions: cold starts", file=sys.stderr)
    history = http_event("GET", f"/conversations/{conversation}/messages")
    starts = {
        "backend, with its database": (RELEASE / "backend", history, backend(urls)),
        "brain": (RELEASE / "brain", {"Records": []}, brain("http://127.0.0.1:1")),
        "echo in C": (driver.folder / "echo", {}, {}),
    }
    runs = {name: [] for name in starts}
    for _ in range(4 * ROUNDS):
        for name, (program, event, settings) in starts.items():
            runs[name].append(driver(0, event, program, **settings))
    table(
        f"Cold starts: medians of {4 * ROUNDS}", ["", "first poll, ms", "first response, ms", "RSS then, MiB"],
        [(name, *figures(seen, "first_poll_ms", "first_response_ms", "rss_mib")) for name, seen in runs.items()])


def history(driver, urls, conversation):
    print("functions: reading a history", file=sys.stderr)
    path = f"/conversations/{conversation}/messages"
    runs = [driver(TURNS // 4, http_event("GET", path), RELEASE / "backend", **backend(urls)) for _ in range(ROUNDS)]
    turn, cpu = figures(runs, "turn_us", "cpu_us")
    rows = [("one event after the other: turn, µs", turn), ("CPU of the Backend, µs", cpu)]
    # As many as the function has environments.
    wrk(urls["HTTP"] + path, 10, 2, size=None)
    load = wrk(urls["HTTP"] + path, 10, 5, size=None)
    if load is None or load.failures:
        raise RuntimeError("the Backend did not answer every GET")
    rows += [("over HTTP, 10 callers: requests/s", f"{load.rate:.0f}"), ("p99, ms", f"{load.p99:.1f}")]
    table("Backend, GET of 20 messages", ["", ""], rows)


def trigger(driver, urls):
    runs = {}
    with queues() as (queue, settings):
        for count in CONVERSATIONS:
            print(f"functions: {DUE} due of {count} conversations", file=sys.stderr)
            seed(urls["Database"], count)
            event = http_event("POST", "/tasks/trigger-memory-generation")
            answer = driver(0, event, RELEASE / "backend", **backend(urls), **settings)["response"]
            if json.loads(answer["body"]) != {"conversations": DUE, "messages": 1}:
                raise RuntimeError(answer)
            runs[count] = [
                driver(200, event, RELEASE / "backend", **backend(urls), **settings) for _ in range(ROUNDS)]
    table(
        f"Trigger, {DUE} conversations due: found and sent", ["", *(f"of {count}" for count in runs)],
        [(label, *(figures(seen, name)[0] for seen in runs.values()))
         for label, name in (("turn, µs", "turn_us"), ("CPU of the Backend, µs", "cpu_us"))])


@contextmanager
def queues():
    port = free_port()
    with Program([RELEASE / "lambda-local", "queue", "serve", "--memory", "--port", port, "--queue", "tasks"]):
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: urllib.request.urlopen(f"{url}/?Action=ListQueues", timeout=1).status == 200)
        yield url, {"SQS_QUEUE_URL": f"{url}/000000000000/tasks", "AWS_ENDPOINT_URL_SQS": url}


def seed(database, count):
    """As many conversations, of which every so manieth is due, and the others are covered."""
    sql = f"""
        TRUNCATE users CASCADE;
        INSERT INTO users (id, phone_number) OVERRIDING SYSTEM VALUE VALUES (1, '+15550000002');
        INSERT INTO conversations (user_id, updated_at, last_message_id, covered_message_id)
        SELECT 1, now() - n % 1440 * interval '1 minute' - interval '3 h', n, CASE WHEN n % {count // DUE} = 0 THEN 0 ELSE n END
        FROM generate_series(1, {count}) AS n;
        VACUUM ANALYZE conversations;
        """
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", database], input=sql, text=True, check=True, stdout=subprocess.DEVNULL)


def brain(url):
    return {"BACKEND_URL": url, "LLM_BASE_URL": f"{url}/v1", "MEMORY_CONCURRENCY": str(AT_ONCE)}


def batch(driver):
    print("functions: a batch of conversations", file=sys.stderr)
    body = {"task_type": "GENERATE_MEMORY_BATCH", "conversation_ids": list(range(1, BATCH + 1))}
    event = json.loads((ROOT / "events" / "brain" / "batch.json").read_text())
    event["Records"][0]["body"] = json.dumps(body)
    with StandIns() as stand_ins:
        runs = []
        for _ in range(ROUNDS):
            before = stand_ins.memories
            runs.append(driver(1, event, RELEASE / "brain", **brain(stand_ins.url)))
            if stand_ins.memories - before != 2 * BATCH or runs[-1]["response"] != {"batchItemFailures": []}:
                raise RuntimeError(f"{stand_ins.memories - before} memories, {runs[-1]['response']}")
    seconds, cpu = median([run["turn_us"] for run in runs]) / 1e6, median([run["cpu_us"] for run in runs]) / BATCH
    ideal = BATCH / AT_ONCE * MODEL_SECONDS
    table(
        f"Brain, {BATCH} conversations, {AT_ONCE} at once, a model that takes {MODEL_SECONDS * 1000:.0f} ms (a stand-in)",
        ["", ""], [("seconds", f"{seconds:.2f}"), ("ideal", f"{ideal:.2f}"), ("CPU a conversation, µs", f"{cpu:.0f}")])


class StandIns(threading.Thread):
    """Stands in for Backend and model: every conversation has the same two messages and no memory."""

    def __init__(self):
        super().__init__(daemon=True)
        self.memories = 0
        message = {"role": "user", "content": "I live in Lisbon.", "created_at": "2026-01-01T00:00:00Z"}
        self.page = json.dumps({
            "messages": [{"id": 1} | message, {"id": 2} | message], "last_message_id": 2, "covered_message_id": 0,
            "next_after_id": None}).encode()
        fact = {
            "kind": "identity", "about": "user", "text": "The user lives in Lisbon.", "confidence": "high",
            "valid_from": None, "valid_to": None, "evidence": ["m1"], "replaces": None}
        extraction = {
            "title": "A home", "summary": "The user lives in Lisbon.", "language": "en", "outcome": "resolved",
            "sentiment": "neutral", "topics": ["home"], "facts": [fact], "open_items": [], "entities": []}
        self.answer = json.dumps({
            "model": "none", "choices": [{"finish_reason": "stop", "message": {"content": json.dumps(extraction)}}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1}}).encode()

    def __enter__(self):
        self.ready = threading.Event()
        self.start()
        self.ready.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join()

    def run(self):
        self.loop = asyncio.new_event_loop()
        server = self.loop.run_until_complete(self.loop.create_server(lambda: StandInConnection(self), "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.ready.set()
        self.loop.run_forever()


class StandInConnection(asyncio.Protocol):
    def __init__(self, stand_ins):
        self.stand_ins = stand_ins
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            length = int(re.search(rb"content-length: *(\d+)", head)[1]) if b"content-length:" in head else 0
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length:]
            self.respond(head)

    def respond(self, head):
        if head.startswith(b"post /v1/chat/completions"):
            self.stand_ins.loop.call_later(MODEL_SECONDS, self.send, b"200 OK", self.stand_ins.answer)
        elif head.startswith(b"post /memories"):
            self.stand_ins.memories += 1
            self.send(b"201 Created", b"{}")
        elif b"/messages" in head[:60]:
            self.send(b"200 OK", self.stand_ins.page)
        else:
            self.send(b"404 Not Found", b'{"status":404,"title":"Not Found","detail":"There is no memory."}')

    def send(self, status, body):
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
