"""The functions, unchanged, under AWS's own Runtime Interface Emulator."""

import json
import os
import socket
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager

from checks import Process, expect

# What the functions need to start. Nothing of it is there: these checks need no database, queue or model.
SETTINGS = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "SQS_QUEUE_URL": "http://127.0.0.1:1/000000000000/none",
    "BACKEND_URL": "http://127.0.0.1:1",
    "LLM_BASE_URL": "http://127.0.0.1:1/v1",
    "LLM_MODEL": "none",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
}


def free_ports(count):
    """Ports that nobody listens on, no two of them the same."""
    with ExitStack() as probes:
        sockets = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def emulated(rie, program, settings=SETTINGS, handler=()):
    """The program under the emulator, which may hand it a handler's name; gives a function that invokes it."""
    port, runtime_api = free_ports(2)
    environment = {"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_TIMEOUT": "20", **settings}
    command = [
        rie, "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
        "--runtime-api-address", f"127.0.0.1:{runtime_api}", program, *handler]
    with Process(command, environment) as process:
        process.wait_for(lambda: is_listening(port))

        def invoke(payload):
            url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
            try:
                with urllib.request.urlopen(urllib.request.Request(url, data=payload), timeout=30) as answer:
                    return json.loads(answer.read())
            except urllib.error.HTTPError as error:  # how the emulator answers when the function could not start
                return json.loads(error.read())

        yield invoke


def run(checks, rie, bin, events):
    if not sys.platform.startswith("linux"):
        checks.skip("AWS's Runtime Interface Emulator", "it is a program for Linux")
        return

    def event(name):
        return (events / name).read_bytes()

    with checks.check("RIE: backend starts and answers GET /openapi.json"):
        with emulated(rie, bin / "backend") as invoke:
            answer = invoke(event("backend/openapi.json"))
            expect(answer["statusCode"] == 200, answer)
            expect(json.loads(answer["body"])["openapi"].startswith("3.1"), answer["body"][:200])

            with checks.check("RIE: backend answers an unknown path with 404 and problem details"):
                answer = invoke(event("backend/unknown-route.json"))
                expect(answer["statusCode"] == 404, answer)
                expect(json.loads(answer["body"])["status"] == 404, answer)

            with checks.check("RIE: backend answers 5xx without a database, and goes on"):
                answer = invoke(event("backend/conversation-get.json"))
                expect(answer["statusCode"] >= 500, answer)
                expect(invoke(event("backend/openapi.json"))["statusCode"] == 200, "no second answer")

    with checks.check("RIE: backend tells a missing variable by its name"):
        settings = {name: value for name, value in SETTINGS.items() if name != "DATABASE_URL"}
        with emulated(rie, bin / "backend", settings) as invoke:
            answer = invoke(event("backend/openapi.json"))
            expect("DATABASE_URL" in answer.get("errorMessage", ""), answer)

    with checks.check("RIE: brain reports a record that it does not understand"):
        with emulated(rie, bin / "brain", handler=["brain"]) as invoke:
            poison = json.loads(event("brain/poison.json"))
            failures = [{"itemIdentifier": record["messageId"]} for record in poison["Records"]]
            answer = invoke(event("brain/poison.json"))
            expect(answer == {"batchItemFailures": failures}, answer)

            with checks.check("RIE: brain has nothing to report about an empty batch"):
                answer = invoke(event("brain/empty-batch.json"))
                expect(answer == {"batchItemFailures": []}, answer)
