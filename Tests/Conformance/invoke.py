"""Invoke API: AWS's own clients against functions of a runtime that is nobody's but ours to break."""

import base64
import hashlib
import json
import re
import socket
import stat
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import Process, clean_environment, expect

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"

# A custom runtime in plain Python: what an event asks for is done to it.
RUNTIME = r'''
import base64, http.client, json, os, signal, socket, sys, time
api = os.environ["AWS_LAMBDA_RUNTIME_API"]
def call(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection(api)
    connection.request(method, "/2018-06-01/runtime/" + path, body, headers)
    response = connection.getresponse()
    return response, response.read()
def stream(id, event):
    connection = socket.create_connection(api.split(":"))
    connection.sendall(
        b"POST /2018-06-01/runtime/invocation/" + id.encode() + b"/response HTTP/1.1\r\nHost: x\r\n"
        b"Content-Type: text/plain\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n"
        b"Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n")
    part = b"x" * event.get("bytes", 1)
    for index in range(event.get("chunks", 1)):
        connection.sendall(b"%x\r\n" % len(part) + part + b"\r\n")
        while index == 0 and "until" in event and not os.path.exists(event["until"]): time.sleep(0.01)
    end = event.get("then")
    if end == "exit": os._exit(9)
    if end == "hang": time.sleep(1000)
    if end == "half": return connection.close()
    trailers = b""
    if end == "error":
        body = base64.b64encode(b'{"errorType":"Late","errorMessage":"midway"}')
        trailers = (b"Lambda-Runtime-Function-Error-Type: Function.Late\r\n"
                    b"Lambda-Runtime-Function-Error-Body: " + body + b"\r\n")
    connection.sendall(b"0\r\n" + trailers + b"\r\n")
    connection.recv(4096)
    connection.close()
while True:
    head, event = call("GET", "invocation/next")
    id = head.headers["Lambda-Runtime-Aws-Request-Id"]
    what = json.loads(event)
    mode = what.get("mode") if isinstance(what, dict) else None
    if mode == "exit": os._exit(what["code"])
    if mode == "kill": os.kill(os.getpid(), signal.SIGSEGV)
    if mode == "hang": time.sleep(1000)
    if mode == "sleep": time.sleep(what["seconds"])
    if mode == "log": print("a line of the function", flush=True)
    if mode == "stream": stream(id, what); continue
    if mode == "throw":
        call("POST", "invocation/" + id + "/error", b'{"errorType":"Mine","errorMessage":"no"}',
             {"Lambda-Runtime-Function-Error-Type": "Function.Mine"})
        continue
    if mode == "big": event = b'"' + b"x" * (what["bytes"] - 2) + b'"'
    if mode == "context": event = json.dumps(dict(head.headers)).encode()
    call("POST", "invocation/" + id + "/response", event)
'''

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: provided.al2023, Handler: bootstrap, CodeUri: code, Timeout: 20}
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: worker
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Letters.Arn}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig:
          OnSuccess: {Type: Lambda, Destination: !GetAtt Listener.Arn}
          OnFailure: {Type: SQS, Destination: !GetAtt Records.Arn}
  Listener:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: listener
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: {Type: SQS, Destination: !GetAtt Records.Arn}
  Records: {Type: AWS::SQS::Queue, Properties: {QueueName: records}}
  Letters: {Type: AWS::SQS::Queue, Properties: {QueueName: letters}}
"""


def run(checks, bin):
    environment = clean_environment()
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "code"
        code.mkdir()
        bootstrap = code / "bootstrap"
        bootstrap.write_text(f"#!{sys.executable}\n{RUNTIME}")
        bootstrap.chmod(bootstrap.stat().st_mode | stat.S_IXUSR)
        command = [bin / "lambda-local", "run", "--port", "0", "--timeout", "2", "--concurrency", "3",
                   "--event-retry-wait", "0.05", "--", bootstrap]
        with Process(command, environment, folder) as process:
            url = process.wait_for(lambda: first(r"is served at (http://[^\s:]+:\d+)", process.log()))
            functions = client("lambda", url)
            streams(checks, functions, process, url, Path(folder))
            errors(checks, functions)
            names(checks, functions)
            descriptions(checks, functions, bootstrap)
            event_invoke_configuration(checks, functions)
        template = Path(folder) / "template.yaml"
        template.write_text(TEMPLATE)
        command = [bin / "lambda-local", "up", "--template", template, "--ephemeral", "--port", "0", "--http-port",
                   "0", "--sqs-port", "0", "--event-retry-wait", "0.05"]
        with Process(command, environment, folder) as process:
            process.wait_for(lambda: "Ctrl-C stops it" in process.log())
            urls = dict(re.findall(r"^\s*(Lambda|SQS)\s+(http://\S+)", process.log(), re.MULTILINE))
            destinations(checks, client("lambda", urls["Lambda"]), client("sqs", urls["SQS"]))


def first(pattern, text):
    match = re.search(pattern, text)
    return match and match.group(1)


def client(service, url):
    return boto3.client(
        service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60, max_pool_connections=16))


def invoke(functions, event, **parameters):
    answer = functions.invoke(FunctionName="function", Payload=json.dumps(event).encode(), **parameters)
    return answer, answer["Payload"].read()


def stream(functions, event, **parameters):
    """The parts and the end of a streamed answer."""
    answer = functions.invoke_with_response_stream(
        FunctionName="function", Payload=json.dumps(event).encode(), **parameters)
    events = list(answer["EventStream"])
    expect("InvokeComplete" in events[-1], events[-1])
    return answer, [event["PayloadChunk"]["Payload"] for event in events[:-1]], events[-1]["InvokeComplete"]


def refused(code, text, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        expect(error.response["Error"]["Code"] == code and text in str(error), str(error))
        return error.response
    raise AssertionError(f"{code} was not raised")


def streams(checks, functions, process, url, folder):
    with checks.check("InvokeWithResponseStream: the first part comes before the function ends"):
        gate = folder / "gate"
        answer = functions.invoke_with_response_stream(
            FunctionName="function", Payload=json.dumps({"mode": "stream", "chunks": 2, "until": str(gate)}).encode())
        events = iter(answer["EventStream"])
        expect(next(events) == {"PayloadChunk": {"Payload": b"x"}}, "no first part")
        gate.touch()
        rest = list(events)
        expect([list(event) for event in rest] == [["PayloadChunk"], ["InvokeComplete"]], rest)

    with checks.check("InvokeWithResponseStream: 7 MB in parts, with the log at the end"):
        answer, parts, end = stream(
            functions, {"mode": "stream", "chunks": 7, "bytes": 1 << 20}, LogType="Tail")
        expect(sum(map(len, parts)) == 7 << 20, sum(map(len, parts)))
        expect(answer["ExecutedVersion"] == "$LATEST", answer)
        log = base64.b64decode(end["LogResult"]).decode()
        expect(answer["ResponseMetadata"]["RequestId"] in log and "REPORT" in log and "ErrorCode" not in end, log)

    for then, kind in (("error", "Late"), ("exit", "Runtime.ExitError"), ("hang", "Sandbox.Timedout"),
                       ("half", "Runtime.TruncatedResponse")):
        with checks.check(f"InvokeWithResponseStream: an answer that ends with {then} says {kind} in InvokeComplete"):
            _, parts, end = stream(functions, {"mode": "stream", "chunks": 3, "then": then})
            expect(b"".join(parts) == b"xxx", parts)
            expect(end["ErrorCode"] == "Unhandled", end)
            expect(json.loads(end["ErrorDetails"])["errorType"] == kind, end)

    with checks.check("InvokeWithResponseStream: an answer in one piece, and an error in one piece"):
        _, parts, end = stream(functions, {"mode": "big", "bytes": 300_000})
        expect(sum(map(len, parts)) == 300_000 and "ErrorCode" not in end, end)
        _, parts, end = stream(functions, {"mode": "throw"})
        expect(not parts and json.loads(end["ErrorDetails"])["errorType"] == "Mine", end)

    with checks.check("Invoke: a streamed answer comes in one piece, up to 6 MB"):
        answer, payload = invoke(functions, {"mode": "stream", "chunks": 6, "bytes": 1 << 20})
        expect("FunctionError" not in answer and len(payload) == 6 << 20, answer)
        answer, payload = invoke(functions, {"mode": "stream", "chunks": 7, "bytes": 1 << 20})
        expect(json.loads(payload)["errorType"] == "Function.ResponseSizeTooLarge", payload[:200])

    with checks.check("InvokeWithResponseStream: the runtime is read as the caller reads"):
        host, port = url.removeprefix("http://").split(":")
        event = json.dumps({"mode": "stream", "chunks": 150, "bytes": 1 << 20}).encode()
        with socket.create_connection((host, int(port))) as caller:
            caller.sendall(b"POST /2021-11-15/functions/function/response-streaming-invocations HTTP/1.1\r\n"
                           b"Host: x\r\nContent-Length: %d\r\n\r\n%s" % (len(event), event))
            caller.recv(1)
            time.sleep(1.5)
            held = resident(process.process.pid)
        expect(held < 100, f"{held} MB resident, of an answer of 150 MB")


def resident(pid):
    """In MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) // 1024


def errors(checks, functions):
    words = {
        "exit 7": ({"mode": "exit", "code": 7}, "Runtime.ExitError", "Runtime exited with error: exit status 7"),
        "exit 0": ({"mode": "exit", "code": 0}, "Runtime.ExitError", "Runtime exited without providing a reason"),
        "signal": ({"mode": "kill"}, "Runtime.ExitError", "Runtime exited with error: signal: segmentation fault"),
        "time-out": ({"mode": "hang"}, "Sandbox.Timedout", "Task timed out after 2.00 seconds"),
    }
    for name, (event, kind, message) in words.items():
        with checks.check(f"Invoke: {name} is told in Lambda's words"):
            answer, payload = invoke(functions, event)
            id = answer["ResponseMetadata"]["RequestId"]
            expect(answer["StatusCode"] == 200 and answer["FunctionError"] == "Unhandled", answer)
            expect(json.loads(payload) == {"errorType": kind, "errorMessage": f"RequestId: {id} Error: {message}"},
                   payload)

    with checks.check("Invoke: an answer that is too large, and the function's own error byte for byte"):
        _, payload = invoke(functions, {"mode": "big", "bytes": 6_291_557})
        expect(json.loads(payload) == {
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
            "errorType": "Function.ResponseSizeTooLarge"}, payload[:300])
        _, payload = invoke(functions, {"mode": "throw"})
        expect(payload == b'{"errorType":"Mine","errorMessage":"no"}', payload)

    with checks.check("Invoke: refusals have their types"):
        refused("InvalidRequestContentException", "Could not parse request body into json: ", functions.invoke,
                FunctionName="function", Payload=b"{")
        refused("InvalidRequestContentException", "Client context", functions.invoke, FunctionName="function",
                ClientContext="%")
        too_large = refused("RequestTooLargeException", "6291456", functions.invoke, FunctionName="function",
                            Payload=b'"' + b"x" * (6 << 20) + b'"')
        expect(too_large["ResponseMetadata"]["HTTPStatusCode"] == 413, too_large)
        refused("RequestTooLargeException", "1048576", functions.invoke, FunctionName="function",
                InvocationType="Event", Payload=b'"' + b"x" * (1 << 20) + b'"')

    with checks.check("Invoke: 429 at the concurrency limit, with reason and time to wait"):
        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(invoke, functions, {"mode": "sleep", "seconds": 1}) for _ in range(8)]
            answers = [call.exception() for call in calls]
        throttled = [error.response for error in answers if error]
        expect(len(throttled) == 5, [error and str(error) for error in answers])
        expect(all(error["Error"]["Code"] == "TooManyRequestsException" for error in throttled), throttled)
        expect(all(error["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded" for error in throttled),
               throttled)
        expect(all("retry-after" in error["ResponseMetadata"]["HTTPHeaders"] for error in throttled), throttled)


def names(checks, functions):
    with checks.check("Invoke: by name, qualifier, partial and full ARN"):
        for name in ("function", "function:$LATEST", "000000000000:function:function",
                     ARN + "function", ARN + "function:$LATEST"):
            answer = functions.invoke(FunctionName=name, Payload=b"[1]")
            expect(answer["Payload"].read() == b"[1]", name)
        refused("ResourceNotFoundException", f"Function not found: {ARN}function:7", functions.invoke,
                FunctionName="function", Qualifier="7")
        refused("ResourceNotFoundException", f"Function not found: {ARN}nobody", functions.invoke,
                FunctionName="nobody")
        refused("ResourceNotFoundException", "are not reachable in this region ('us-east-1')", functions.invoke,
                FunctionName=ARN.replace("us-east-1", "eu-west-1") + "function")
        refused("AccessDeniedException", "not authorized to perform: lambda:InvokeFunction", functions.invoke,
                FunctionName="123456789012:function:function")

    with checks.check("Invoke: client context, log tail, empty payload, DryRun"):
        context = base64.b64encode(b'{"custom":{"a":"b"}}').decode()
        answer, payload = invoke(functions, {"mode": "context"}, ClientContext=context)
        headers = {name.lower(): value for name, value in json.loads(payload).items()}
        expect(headers["lambda-runtime-client-context"] == '{"custom":{"a":"b"}}', headers)
        expect(headers["lambda-runtime-aws-request-id"] == answer["ResponseMetadata"]["RequestId"], headers)
        answer, _ = invoke(functions, {"mode": "log"}, LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        for line in ("START RequestId: ", "a line of the function\n", "END RequestId: ", "Max Memory Used: "):
            expect(line in log, log)
        answer = functions.invoke(FunctionName="function")
        expect(answer["Payload"].read() == b"{}", answer)
        expect(functions.invoke(FunctionName="function", InvocationType="DryRun")["StatusCode"] == 204, "no 204")


def descriptions(checks, functions, program):
    with checks.check("waiters, GetFunction, GetFunctionConfiguration and ListFunctions tell the truth"):
        for waiter in ("function_active", "function_active_v2", "function_exists", "function_updated_v2"):
            functions.get_waiter(waiter).wait(FunctionName="function")
        one = functions.get_function(FunctionName="function")
        configuration = one["Configuration"]
        expect(configuration["CodeSize"] == program.stat().st_size, configuration)
        digest = base64.b64encode(hashlib.sha256(program.read_bytes()).digest()).decode()
        expect(configuration["CodeSha256"] == digest, configuration)
        modified = datetime.strptime(configuration["LastModified"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
        expect(abs(modified - program.stat().st_mtime) < 1, configuration)
        same = functions.get_function_configuration(FunctionName="function")
        expect(same["RevisionId"] == configuration["RevisionId"], same)
        pages = functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
        expect([f["FunctionName"] for page in pages for f in page["Functions"]] == ["function"], "another list")
        concurrency = functions.get_function_concurrency(FunctionName="function")
        expect(concurrency["ReservedConcurrentExecutions"] == 3, concurrency)
        expect(functions.list_tags(Resource=ARN + "function")["Tags"] == {}, "tags")
        refused("ResourceNotFoundException", "does not exist", functions.get_policy, FunctionName="function")


def event_invoke_configuration(checks, functions):
    with checks.check("PutFunctionEventInvokeConfig, Update…, Get…, List… and Delete…"):
        name = {"FunctionName": "function"}
        refused("ResourceNotFoundException", "doesn't have an EventInvokeConfig",
                functions.get_function_event_invoke_config, **name)
        put = functions.put_function_event_invoke_config(MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60, **name)
        expect(put["FunctionArn"] == ARN + "function:$LATEST" and put["MaximumEventAgeInSeconds"] == 60, put)
        functions.update_function_event_invoke_config(MaximumRetryAttempts=0, **name)
        got = functions.get_function_event_invoke_config(**name)
        expect(got["MaximumRetryAttempts"] == 0 and got["MaximumEventAgeInSeconds"] == 60, got)
        listed = functions.list_function_event_invoke_configs(**name)["FunctionEventInvokeConfigs"]
        expect(len(listed) == 1, listed)
        functions.delete_function_event_invoke_config(**name)
        refused("ResourceNotFoundException", "doesn't have an EventInvokeConfig",
                functions.get_function_event_invoke_config, **name)


def destinations(checks, functions, sqs):
    def next_message(queue):
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for message in sqs.receive_message(
                    QueueUrl=url, WaitTimeSeconds=5, MessageAttributeNames=["All"]).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return message
        raise AssertionError(f"nothing came to {queue}")

    with checks.check("Event: a failure is tried again, told to its destination, and buried"):
        sent = functions.invoke(FunctionName="worker", InvocationType="Event", Payload=b'{"mode":"exit","code":4}')
        expect(sent["StatusCode"] == 202, sent)
        id = sent["ResponseMetadata"]["RequestId"]
        record = json.loads(next_message("records")["Body"])
        timestamp = record.pop("timestamp")
        expect(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", timestamp), timestamp)
        message = f"RequestId: {id} Error: Runtime exited with error: exit status 4"
        expect(record == {
            "version": "1.0",
            "requestContext": {"requestId": id, "functionArn": ARN + "worker:$LATEST",
                               "condition": "RetriesExhausted", "approximateInvokeCount": 2},
            "requestPayload": {"mode": "exit", "code": 4},
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "responsePayload": {"errorType": "Runtime.ExitError", "errorMessage": message}}, record)
        letter = next_message("letters")
        expect(letter["Body"] == '{"mode":"exit","code":4}', letter)
        attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
        expect(attributes == {"RequestID": id, "ErrorCode": "200", "ErrorMessage": message}, attributes)

    with checks.check("Event: a success is told to a function, which is told of in turn"):
        functions.invoke(FunctionName="worker", InvocationType="Event", Payload=b"[7]")
        record = json.loads(next_message("records")["Body"])
        expect(record["requestContext"]["functionArn"] == ARN + "listener:$LATEST", record)
        inner = record["requestPayload"]
        expect(inner["requestContext"]["condition"] == "Success" and inner["responsePayload"] == [7], inner)
