"""Event source mappings: boto3 and AWS's command line on `lambda-local up`'s, and queues of other servers."""

import json
import re
import socket
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import Process, expect

PREFIX = "arn:aws:sqs:us-east-1:000000000000:"
RECORDED = {"BatchSize", "EventSourceArn", "EventSourceMappingArn", "FunctionArn", "FunctionResponseTypes",
            "LastModified", "MaximumBatchingWindowInSeconds", "State", "StateTransitionReason", "UUID"}


def client(service, url):
    return boto3.client(
        service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60))


def wait_for(what, seconds=60):
    end = time.monotonic() + seconds
    while not (result := what()):
        if time.monotonic() > end:
            raise AssertionError("it did not come to that in time")
        time.sleep(0.05)
    return result


def refused(code, call, **arguments):
    """Calls what has to fail; returns AWS's sentence."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        expect(error.response["Error"]["Code"] == code, error.response)
        return error.response["Error"]["Message"]
    raise AssertionError(f"it was accepted: {answer!r}"[:600])


def count(sqs, url):
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(int(attributes[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible", "Delayed"))


def run(checks, aws, urls):
    functions, sqs = client("lambda", urls["Lambda"]), client("sqs", urls["SQS"])

    def queue(name, **attributes):
        return sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "720"} | attributes)["QueueUrl"]

    def state(uuid):
        return functions.get_event_source_mapping(UUID=uuid)["State"]

    with checks.check("boto3: the template's mapping is listed, by queue and by function"):
        for arguments in ({}, {"FunctionName": "brain"}, {"EventSourceArn": PREFIX + "memory-tasks"}):
            found = functions.list_event_source_mappings(**arguments)["EventSourceMappings"]
            expect([mapping["EventSourceArn"] for mapping in found] == [PREFIX + "memory-tasks"], found)
        expect(found[0]["FunctionResponseTypes"] == ["ReportBatchItemFailures"], found)
        expect(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found[0]["UUID"]), found)

    with checks.check("aws lambda list-event-source-mappings shows it, too"):
        found = aws("lambda", "list-event-source-mappings", "--endpoint-url", urls["Lambda"])["EventSourceMappings"]
        expect([mapping["State"] for mapping in found] == ["Enabled"], found)

    with checks.check("boto3: a mapping is created, disabled, enabled, updated and deleted"):
        queue("mapped")
        made = functions.create_event_source_mapping(EventSourceArn=PREFIX + "mapped", FunctionName="brain")
        expect(made["ResponseMetadata"]["HTTPStatusCode"] == 202 and made["State"] == "Creating", made)
        expect(set(made) - {"ResponseMetadata"} == RECORDED, set(made) ^ RECORDED)
        uuid = made["UUID"]
        wait_for(lambda: state(uuid) == "Enabled")
        for enabled, on_the_way, then in ((False, "Disabling", "Disabled"), (True, "Enabling", "Enabled")):
            answer = functions.update_event_source_mapping(UUID=uuid, Enabled=enabled)
            expect(answer["State"] == on_the_way, answer)
            wait_for(lambda: state(uuid) == then)
        answer = functions.update_event_source_mapping(
            UUID=uuid, BatchSize=100, MaximumBatchingWindowInSeconds=1, ScalingConfig={"MaximumConcurrency": 2})
        expect((answer["State"], answer["BatchSize"]) == ("Updating", 100), answer)
        expect(answer["ScalingConfig"] == {"MaximumConcurrency": 2}, answer)
        wait_for(lambda: state(uuid) == "Enabled")
        expect(functions.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting", uuid)
        wait_for(lambda: uuid not in str(functions.list_event_source_mappings()))
        expect("does not exist" in refused(
            "ResourceNotFoundException", functions.get_event_source_mapping, UUID=uuid), uuid)

    with checks.check("boto3: the same queue and function twice is a ResourceConflictException"):
        arguments = {"EventSourceArn": PREFIX + "memory-tasks", "FunctionName": "brain"}
        message = refused("ResourceConflictException", functions.create_event_source_mapping, **arguments)
        expect(message.startswith(
            'An event source mapping with SQS arn (" arn:aws:sqs:us-east-1:000000000000:memory-tasks ") and function '
            '(" brain ") already exists. Please update or delete the existing mapping with UUID '), message)

    with checks.check("boto3: what Lambda refuses of a mapping is refused in its words"):
        queue("refused")
        queue("brief", VisibilityTimeout="30")
        queue("refused.fifo", FifoQueue="true")
        invalid = "InvalidParameterValueException"
        cases = [
            ({"FunctionName": "nobody"}, invalid, "Function does not exist"),
            ({"EventSourceArn": PREFIX + "none"}, invalid,
             "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
             "SQS Error Message: The specified queue does not exist."),
            ({"EventSourceArn": PREFIX + "brief"}, invalid,
             "Queue visibility timeout: 30 seconds is less than Function timeout: 120 seconds"),
            ({"BatchSize": 11}, invalid,
             "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"),
            ({"StartingPosition": "LATEST"}, invalid, "StartingPosition is not valid for SQS event sources."),
            ({"FilterCriteria": {"Filters": [{"Pattern": "simple string"}]}}, invalid,
             "Invalid filter pattern definition."),
            ({"FilterCriteria": {"Filters": [{"Pattern": '{"eventSource": "aws:sqs"}'}]}}, invalid,
             "Invalid filter pattern definition."),
            ({"FilterCriteria": {"Filters": [{"Pattern": '{"body": ["x"]}'}] * 6}}, invalid,
             "Invalid filter pattern definition."),
            ({"BatchSize": 10001}, "ValidationException",
             "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: "
             "Member must have value less than or equal to 10000"),
            ({"EventSourceArn": PREFIX + "refused.fifo", "MaximumBatchingWindowInSeconds": 1}, invalid, None),
        ]
        for change, code, sentence in cases:
            arguments = {"EventSourceArn": PREFIX + "refused", "FunctionName": "brain"} | change
            message = refused(code, functions.create_event_source_mapping, **arguments)
            expect(sentence in (None, message), (change, message))

    with checks.check("boto3: what a filter does not let through is deleted, and the function is not called"):
        url = queue("filtered")
        made = functions.create_event_source_mapping(
            EventSourceArn=PREFIX + "filtered", FunctionName="brain",
            FunctionResponseTypes=["ReportBatchItemFailures"], FilterCriteria={"Filters": [
                {"Pattern": json.dumps({"body": {"kind": ["a", {"prefix": "b"}], "n": [{"numeric": [">", 1]}]}})}]})
        for body in ('{"kind": "c", "n": 2}', '{"kind": "a", "n": 1}', "plain text"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        wait_for(lambda: count(sqs, url) == 0)
        found = functions.get_event_source_mapping(UUID=made["UUID"])
        expect("LastProcessingResult" not in found, found)
        # What matches is handed over; the Brain does not understand it and says so: it stays, to come back.
        sqs.send_message(QueueUrl=url, MessageBody='{"kind": "b2", "n": 2}')
        wait_for(lambda: functions.get_event_source_mapping(UUID=made["UUID"]).get("LastProcessingResult"))
        expect(count(sqs, url) == 1, count(sqs, url))
        functions.delete_event_source_mapping(UUID=made["UUID"])

    with checks.check("boto3: lists of mappings are paged"):
        made = []
        for number in range(3):
            queue(f"paged-{number}")
            made.append(functions.create_event_source_mapping(
                EventSourceArn=PREFIX + f"paged-{number}", FunctionName="brain", Enabled=False)["UUID"])
        pages = functions.get_paginator("list_event_source_mappings").paginate(PaginationConfig={"PageSize": 2})
        seen = [mapping["UUID"] for page in pages for mapping in page["EventSourceMappings"]]
        expect(len(seen) == len(set(seen)) and set(made) <= set(seen), seen)
        for uuid in made:
            functions.delete_event_source_mapping(UUID=uuid)


def elsewhere(checks, bin, root, environment):
    """The Brain works off a queue of moto's server that SQS_QUEUE_URL names."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with Process([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], environment) as moto, \
            checks.check("a queue of moto's server drives the brain"):
        sqs = client("sqs", url)

        def answers():
            try:
                return sqs.list_queues()
            except Exception:
                return None

        moto.wait_for(answers)
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        queue = sqs.create_queue(QueueName="elsewhere", Attributes={
            "VisibilityTimeout": "720",
            "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})})["QueueUrl"]
        up = [bin / "lambda-local", "up", "--ephemeral", "--port", "0", "--http-port", "0", "--sqs-port", "0"]
        credentials = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"}
        with Process(up, environment | credentials | {"SQS_QUEUE_URL": queue, "AWS_ENDPOINT_URL_SQS": url}, root) as stack:
            found = stack.wait_for(lambda: re.search(r"^\s*Lambda\s+(http://\S+)", stack.log(), re.MULTILINE), 120)
            functions = client("lambda", found[1])
            mapping = functions.list_event_source_mappings(FunctionName="brain")["EventSourceMappings"][0]
            expect(mapping["EventSourceArn"].endswith(":elsewhere"), mapping)
            # An empty batch is work that succeeds, and only success deletes a message.
            task = json.dumps({"task_type": "GENERATE_MEMORY_BATCH", "conversation_ids": []})
            sqs.send_message(QueueUrl=queue, MessageBody=task)
            wait_for(lambda: count(sqs, queue) == 0)
            expect(count(sqs, dead) == 0, "it is a dead letter")
