"""boto3 and AWS's command line."""

import json
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import expect
from sqs.protocols import REGION, arn

ACTIONS = """AddPermission CancelMessageMoveTask ChangeMessageVisibility ChangeMessageVisibilityBatch CreateQueue
    DeleteMessage DeleteMessageBatch DeleteQueue GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues
    ListMessageMoveTasks ListQueueTags ListQueues PurgeQueue ReceiveMessage RemovePermission SendMessage
    SendMessageBatch SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue""".split()


def sdk(checks, url):
    client = boto3.client(
        "sqs", endpoint_url=url, region_name=REGION, aws_access_key_id="local", aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60))

    with checks.check("boto3: SQS has the 23 actions that are checked here"):
        expect(sorted(client.meta.service_model.operation_names) == sorted(ACTIONS), client.meta.service_model.operation_names)

    with checks.check("boto3: SQS's errors are exceptions of their own"):
        for name, call in (
                ("QueueDoesNotExist", lambda: client.get_queue_url(QueueName="none")),
                ("ReceiptHandleIsInvalid", lambda: client.delete_message(QueueUrl="wire", ReceiptHandle="x")),
                ("EmptyBatchRequest", lambda: client.send_message_batch(QueueUrl="wire", Entries=[])),
                ("ResourceNotFoundException", lambda: client.list_message_move_tasks(SourceArn=arn("/none")))):
            try:
                call()
            except ClientError as error:
                expect(type(error).__name__ == name, error)
            else:
                raise AssertionError(f"no {name}")

    with checks.check("boto3: SQS, twenty consumers at once see each message once"):
        from concurrent.futures import ThreadPoolExecutor
        target = client.create_queue(QueueName="crowd")["QueueUrl"]
        for batch in range(20):
            client.send_message_batch(QueueUrl=target, Entries=[
                {"Id": str(index), "MessageBody": f"{batch}-{index}"} for index in range(10)])
        def consume(_):
            seen = []
            while messages := client.receive_message(
                    QueueUrl=target, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages"):
                seen += [message["Body"] for message in messages]
                client.delete_message_batch(QueueUrl=target, Entries=[
                    {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]} for index, message in enumerate(messages)])
            return seen
        with ThreadPoolExecutor(20) as pool:
            seen = sum(pool.map(consume, range(20)), [])
        expect(len(seen) == 200 and len(set(seen)) == 200, len(seen))


def command_line(checks, url, environment):
    environment = environment | {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
                                 "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}

    def aws(*arguments):
        result = subprocess.run(
            [sys.executable, str(Path(sys.prefix) / "bin" / "aws"), "sqs", *arguments, "--endpoint-url", url,
             "--output", "json"], env=environment, capture_output=True, text=True, timeout=120)
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip())
        return json.loads(result.stdout) if result.stdout.strip() else None

    with checks.check("aws sqs: dead letters go back with a message move task"):
        dead = aws("create-queue", "--queue-name", "cli-dead")["QueueUrl"]
        policy = json.dumps({"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1}),
                             "VisibilityTimeout": "0"})
        target = aws("create-queue", "--queue-name", "cli-source", "--attributes", policy)["QueueUrl"]
        aws("send-message", "--queue-url", target, "--message-body", "poison")
        aws("receive-message", "--queue-url", target)
        aws("receive-message", "--queue-url", target)
        aws("start-message-move-task", "--source-arn", arn(dead))
        back = aws("receive-message", "--queue-url", target, "--wait-time-seconds", "10")
        expect(back["Messages"][0]["Body"] == "poison", back)
        tasks = aws("list-message-move-tasks", "--source-arn", arn(dead))["Results"]
        expect(tasks[0]["Status"] == "COMPLETED", tasks)

    with checks.check("aws sqs: permissions and tags"):
        aws("add-permission", "--queue-url", target, "--label", "l", "--aws-account-ids", "111122223333",
            "--actions", "SendMessage")
        aws("remove-permission", "--queue-url", target, "--label", "l")
        aws("tag-queue", "--queue-url", target, "--tags", "team=a")
        expect(aws("list-queue-tags", "--queue-url", target)["Tags"] == {"team": "a"}, "tags")
