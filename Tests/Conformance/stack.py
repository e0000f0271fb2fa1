"""AWS's command line and boto3 against `lambda-local up`."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import mapping
from checks import Process, clean_environment, expect

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1",
               "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}


def run(checks, bin, root):
    environment = clean_environment()
    command = [bin / "lambda-local", "up", "--ephemeral", "--port", "0", "--http-port", "0", "--sqs-port", "0"]
    process = Process(command, environment, root)
    urls = None
    try:
        with checks.check("lambda-local up starts the whole stack on free ports"):
            urls = process.wait_for(lambda: addresses(process.log()), seconds=120)
        if urls:
            aws = CommandLine(environment | CREDENTIALS)
            command_line(checks, aws, urls, root / "events")
            sdk(checks, urls, root / "events")
            mapping.run(checks, aws, urls)
            main_job(checks, aws, urls)
            with checks.check("lambda-local up ends cleanly on SIGTERM"):
                code = process.stop()
                expect(code == 0, code)
    finally:
        if process.process.poll() is None:
            process.stop()
    mapping.elsewhere(checks, bin, root, environment)


def addresses(log):
    """The URLs that `up` prints, once they are all there."""
    urls = dict(re.findall(r"^\s*(HTTP|Lambda|SQS)\s+(http://\S+)", log, re.MULTILINE))
    return urls if len(urls) == 3 else None


class CommandLine:
    """The `aws` command."""

    def __init__(self, environment):
        self.environment = environment

    def __call__(self, *arguments):
        aws = Path(sys.prefix) / "bin" / "aws"
        result = subprocess.run(
            [sys.executable, str(aws), *arguments, "--output", "json"], env=self.environment, capture_output=True,
            text=True, timeout=120)
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip())
        return json.loads(result.stdout) if result.stdout.strip() else None


def lambda_invoke(aws, urls, function, event, *more):
    """What `aws lambda invoke` prints, and the answer that it writes into a file."""
    with tempfile.NamedTemporaryFile() as answer:
        status = aws(
            "lambda", "invoke", "--endpoint-url", urls["Lambda"], "--function-name", function,
            "--payload", f"fileb://{event}", *more, answer.name)
        text = Path(answer.name).read_text()
        return status, json.loads(text) if text else None


def command_line(checks, aws, urls, events):
    with checks.check("aws lambda invoke: backend answers an HTTP event"):
        status, answer = lambda_invoke(aws, urls, "backend", events / "backend" / "openapi.json")
        expect(status == {"StatusCode": 200, "ExecutedVersion": "$LATEST"}, status)
        expect(answer["statusCode"] == 200, answer)

    with checks.check("aws lambda invoke: brain reports a record that it does not understand"):
        _, answer = lambda_invoke(aws, urls, "brain", events / "brain" / "poison.json")
        expect(len(answer["batchItemFailures"]) == 1, answer)

    with checks.check("aws lambda invoke --log-type Tail gives the log"):
        status, _ = lambda_invoke(
            aws, urls, "backend", events / "backend" / "openapi.json", "--log-type", "Tail")
        log = base64.b64decode(status["LogResult"]).decode()
        expect(log.startswith("START RequestId: ") and "REPORT RequestId: " in log, log)

    with checks.check("aws lambda invoke --invocation-type Event and DryRun"):
        event = events / "backend" / "openapi.json"
        status, _ = lambda_invoke(aws, urls, "backend", event, "--invocation-type", "Event")
        expect(status == {"StatusCode": 202}, status)
        status, _ = lambda_invoke(aws, urls, "backend", event, "--invocation-type", "DryRun")
        expect(status == {"StatusCode": 204}, status)

    with checks.check("aws lambda invoke of an unknown function: ResourceNotFoundException"):
        try:
            lambda_invoke(aws, urls, "nobody", events / "backend" / "openapi.json")
        except RuntimeError as error:
            expect("ResourceNotFoundException" in str(error), str(error))
        else:
            raise AssertionError("it was invoked")

    sqs = ("--endpoint-url", urls["SQS"])
    with checks.check("aws sqs create-queue, send-message, receive-message, delete-message"):
        queue = ("--queue-url", aws("sqs", "create-queue", *sqs, "--queue-name", "from-the-command-line")["QueueUrl"])
        body = json.dumps({"text": "grüße <&> ✓"})
        sent = aws("sqs", "send-message", *sqs, *queue, "--message-body", body)
        expect(sent["MD5OfMessageBody"] == hashlib.md5(body.encode()).hexdigest(), sent)
        received = aws("sqs", "receive-message", *sqs, *queue, "--wait-time-seconds", "5")["Messages"]
        expect([message["Body"] for message in received] == [body], received)
        expect(received[0]["MessageId"] == sent["MessageId"], received)
        aws("sqs", "delete-message", *sqs, *queue, "--receipt-handle", received[0]["ReceiptHandle"])
        attributes = aws("sqs", "get-queue-attributes", *sqs, *queue, "--attribute-names", "All")["Attributes"]
        left = [attributes[f"ApproximateNumberOfMessages{kind}"] for kind in ("", "NotVisible", "Delayed")]
        expect(left == ["0", "0", "0"], attributes)
        aws("sqs", "delete-queue", *sqs, *queue)

    with checks.check("aws sqs get-queue-url and list-queues know the template's queues"):
        url = aws("sqs", "get-queue-url", *sqs, "--queue-name", "memory-tasks")["QueueUrl"]
        expect(url in aws("sqs", "list-queues", *sqs)["QueueUrls"], url)

    with checks.check("aws sqs receive-message from an unknown queue: its error code"):
        try:
            aws("sqs", "receive-message", *sqs, "--queue-url", urls["SQS"] + "/000000000000/nobody")
        except RuntimeError as error:
            expect("NonExistentQueue" in str(error), str(error))
        else:
            raise AssertionError("it was received from")


def sdk(checks, urls, events):
    def client(service, url):
        return boto3.client(
            service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="local",
            aws_secret_access_key="local", config=Config(retries={"total_max_attempts": 1}, read_timeout=60))

    functions, sqs = client("lambda", urls["Lambda"]), client("sqs", urls["SQS"])

    with checks.check("boto3: invoke by name, by ARN and with a qualifier"):
        payload = (events / "backend" / "openapi.json").read_bytes()
        arn = "arn:aws:lambda:us-east-1:000000000000:function:backend"
        for name in ({"FunctionName": "backend"}, {"FunctionName": arn},
                     {"FunctionName": "backend", "Qualifier": "$LATEST"}):
            answer = functions.invoke(**name, Payload=payload)
            expect(json.loads(answer["Payload"].read())["statusCode"] == 200, answer)

    with checks.check("boto3: a failing function is a FunctionError"):
        answer = functions.invoke(FunctionName="brain", Payload=b'{"Records": 3}')
        error = json.loads(answer["Payload"].read())
        expect(answer["StatusCode"] == 200 and answer["FunctionError"] == "Unhandled", answer)
        expect(error["errorType"] and error["errorMessage"] and error["stackTrace"] == [], error)

    with checks.check("boto3: eight invocations at once"):
        payload = (events / "backend" / "openapi.json").read_bytes()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(
                lambda _: functions.invoke(FunctionName="backend", Payload=payload)["Payload"].read(), range(32)))
        expect(all(json.loads(answer)["statusCode"] == 200 for answer in answers), answers[0][:200])

    with checks.check("boto3: a payload that is no JSON is refused"):
        try:
            functions.invoke(FunctionName="backend", Payload=b"{")
        except ClientError as error:
            expect(error.response["Error"]["Code"] == "InvalidRequestContentException", error.response)
        else:
            raise AssertionError("it was accepted")

    with checks.check("boto3: SQS batches, attributes and visibility"):
        queue = sqs.create_queue(QueueName="from-boto3", Attributes={"VisibilityTimeout": "30"})["QueueUrl"]
        kind = {"kind": {"DataType": "String", "StringValue": "test"}, "n": {"DataType": "Number", "StringValue": "7"}}
        sent = sqs.send_message_batch(QueueUrl=queue, Entries=[
            {"Id": str(index), "MessageBody": f"m{index}", "MessageAttributes": kind} for index in range(5)])
        expect(len(sent["Successful"]) == 5 and "Failed" not in sent, sent)
        messages = sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5, MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"])["Messages"]
        expect(sorted(message["Body"] for message in messages) == [f"m{index}" for index in range(5)], messages)
        expect(messages[0]["MessageAttributes"]["n"]["StringValue"] == "7", messages[0])
        expect(messages[0]["Attributes"]["ApproximateReceiveCount"] == "1", messages[0])
        expect("Messages" not in sqs.receive_message(QueueUrl=queue), "received twice")
        sqs.change_message_visibility(
            QueueUrl=queue, ReceiptHandle=messages[0]["ReceiptHandle"], VisibilityTimeout=0)
        again = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
        expect([message["MessageId"] for message in again] == [messages[0]["MessageId"]], again)
        deleted = sqs.delete_message_batch(QueueUrl=queue, Entries=[
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]} for index, message in enumerate(messages)])
        expect(len(deleted["Successful"]) == 5, deleted)
        sqs.delete_queue(QueueUrl=queue)


def main_job(checks, aws, urls):
    """A message sent with AWS's command line becomes a memory."""
    with checks.check("aws sqs send-message makes the brain remember a conversation"):
        number = f"+1555{os.getpid():07d}"
        user = http(urls, "POST", "/users", {"phone_number": number})["id"]
        conversation = http(urls, "POST", f"/users/{user}/conversations", {})["id"]
        text = "My name is Ada, and I prefer tea to coffee."
        last = http(urls, "POST", f"/conversations/{conversation}/messages", {"role": "user", "content": text})["id"]
        queue = aws("sqs", "get-queue-url", "--endpoint-url", urls["SQS"], "--queue-name", "memory-tasks")["QueueUrl"]
        task = json.dumps({"task_type": "GENERATE_MEMORY_BATCH", "conversation_ids": [conversation]})
        aws("sqs", "send-message", "--endpoint-url", urls["SQS"], "--queue-url", queue, "--message-body", task)
        end = time.monotonic() + 60
        while True:
            try:
                memory = http(urls, "GET", f"/conversations/{conversation}/memory")
                break
            except urllib.error.HTTPError as error:
                if error.code != 404 or time.monotonic() > end:
                    raise
                time.sleep(0.1)
        expect(memory["covered_message_id"] == last, memory)


def http(urls, method, path, body=None):
    request = urllib.request.Request(
        urls["HTTP"] + path, method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())
