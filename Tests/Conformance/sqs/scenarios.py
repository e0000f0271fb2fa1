"""Every action, error and limit, over either protocol. Each is a check, named by its first line."""

import base64
import hashlib
import json
import re
import time

from checks import expect
from sqs.protocols import ACCOUNT, arn, counts, digest, queue, receive, refused


def messages(sqs):
    """a message is sent, received with what there is to know of it, and deleted"""
    url = queue(sqs, "messages", VisibilityTimeout="30")
    body = "line\r\nand <more> & \"quotes\" \U0001F600 \u00e9"
    kinds = {
        "Title": {"DataType": "String", "StringValue": "The Whistler"},
        "WeeksOn": {"DataType": "Number.int", "StringValue": "6"},
        "raw.data": {"DataType": "Binary.x", "BinaryValue": base64.b64encode(b"\0\1\2\377").decode()}}
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}
    sent = sqs("SendMessage", QueueUrl=url, MessageBody=body, MessageAttributes=kinds, MessageSystemAttributes=trace)
    expect(sent["MD5OfMessageBody"] == hashlib.md5(body.encode()).hexdigest(), sent)
    expect(sent["MD5OfMessageAttributes"] == digest(kinds), sent)
    expect(sent["MD5OfMessageSystemAttributes"] == digest(trace), sent)
    expect("SequenceNumber" not in sent, sent)
    before = time.time() * 1000
    [message] = receive(sqs, url, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"])
    expect(message["MessageId"] == sent["MessageId"] and message["Body"] == body, message)
    expect(message["MD5OfBody"] == sent["MD5OfMessageBody"], message)
    expect(message["MessageAttributes"] == kinds and message["MD5OfMessageAttributes"] == digest(kinds), message)
    system = message["Attributes"]
    expect(system["AWSTraceHeader"] == trace["AWSTraceHeader"]["StringValue"], system)
    expect(system["ApproximateReceiveCount"] == "1" and system["SenderId"], system)
    for name in ("SentTimestamp", "ApproximateFirstReceiveTimestamp"):
        expect(abs(int(system[name]) - before) < 60_000, system)
    expect(receive(sqs, url) == [] and counts(sqs, url) == [0, 1, 0], counts(sqs, url))
    expect(sqs("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"]) == {}, "an answer")
    sqs("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])  # again is no error
    sqs("SendMessage", QueueUrl=url, MessageBody="later", DelaySeconds=900)
    sqs("SendMessage", QueueUrl=url, MessageBody="now")
    expect(counts(sqs, url) == [1, 0, 1], counts(sqs, url))
    sqs("PurgeQueue", QueueUrl=url)
    expect(counts(sqs, url) == [0, 0, 0], counts(sqs, url))
    sqs("DeleteQueue", QueueUrl=url)
    refused("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", sqs, "PurgeQueue",
            QueueUrl=url)


def attributes(sqs):
    """attributes of queues and filters of attributes"""
    url = queue(sqs, "attributes")
    every = sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
    expect(every["QueueArn"] == arn(url), every)
    defaults = {"VisibilityTimeout": "30", "DelaySeconds": "0", "MaximumMessageSize": "1048576",
                "MessageRetentionPeriod": "345600", "ReceiveMessageWaitTimeSeconds": "0"}
    expect(every | defaults == every, every)
    expect(abs(int(every["CreatedTimestamp"]) - time.time()) < 60, every)
    expect(sqs("GetQueueAttributes", QueueUrl=url) == {}, "nothing was asked for")
    changed = {"VisibilityTimeout": "0", "MessageRetentionPeriod": "60", "DelaySeconds": "0"}
    sqs("SetQueueAttributes", QueueUrl=url, Attributes=changed)
    some = sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=list(changed))["Attributes"]
    expect(some == changed, some)
    expect(sqs("CreateQueue", QueueName=url.rsplit("/", 1)[1], Attributes=changed)["QueueUrl"] == url, "the same queue")
    text = {"DataType": "String", "StringValue": "x"}
    sqs("SendMessage", QueueUrl=url, MessageBody="x", MessageAttributes={"a.one": text, "a.two": text, "b": text})
    for names, found in (([], []), (["All"], ["a.one", "a.two", "b"]), ([".*"], ["a.one", "a.two", "b"]),
                         (["a.*"], ["a.one", "a.two"]), (["b", "none"], ["b"]), (["none"], []), (["*"], ["a.one", "a.two", "b"])):
        [message] = receive(sqs, url, MessageAttributeNames=names)
        expect(sorted(message.get("MessageAttributes", {})) == found, (names, message))
        expect(message.get("MD5OfMessageAttributes") == (digest({name: text for name in found}) if found else None),
               message)
    for names in (["SenderId"], ["SentTimestamp", "ApproximateReceiveCount"]):
        for parameter in ("AttributeNames", "MessageSystemAttributeNames"):
            [message] = receive(sqs, url, **{parameter: names})
            expect(sorted(message["Attributes"]) == sorted(names), message)


def batches(sqs):
    """batches of sends, changes of visibility and deletes, entry by entry"""
    url = queue(sqs, "batches", MaximumMessageSize="1024")
    sent = sqs("SendMessageBatch", QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": "2", "DelaySeconds": 900},
        {"Id": "long", "MessageBody": "x" * 1025}])
    expect([entry["Id"] for entry in sent["Successful"]] == ["a", "b"], sent)
    expect(sent["Successful"][0]["MD5OfMessageBody"] == hashlib.md5(b"1").hexdigest(), sent)
    expect(sent["Failed"] == [{
        "Id": "long", "Code": "InvalidParameterValue", "SenderFault": True,
        "Message": "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes."}], sent)
    [message] = receive(sqs, url)
    handle = message["ReceiptHandle"]
    changed = sqs("ChangeMessageVisibilityBatch", QueueUrl=url, Entries=[
        {"Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 0},
        {"Id": "b", "ReceiptHandle": "nonsense", "VisibilityTimeout": 0}])
    expect(changed["Successful"] == [{"Id": "a"}] and changed["Failed"][0]["Code"] == "ReceiptHandleIsInvalid", changed)
    [message] = receive(sqs, url)
    deleted = sqs("DeleteMessageBatch", QueueUrl=url, Entries=[
        {"Id": "a", "ReceiptHandle": message["ReceiptHandle"]}, {"Id": "b", "ReceiptHandle": "nonsense"}])
    expect(deleted["Successful"] == [{"Id": "a"}] and deleted["Failed"][0]["Id"] == "b", deleted)
    expect(counts(sqs, url) == [0, 0, 1], counts(sqs, url))
    for action, extra in (("SendMessageBatch", {"MessageBody": "x"}), ("DeleteMessageBatch", {"ReceiptHandle": "x"}),
                          ("ChangeMessageVisibilityBatch", {"ReceiptHandle": "x", "VisibilityTimeout": 0})):
        def entries(*ids):
            return [{"Id": id} | extra for id in ids]
        refused("AWS.SimpleQueueService.EmptyBatchRequest",
                f"There should be at least one {action}RequestEntry in the request.", sqs, action, QueueUrl=url, Entries=[])
        refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
                "Maximum number of entries per request are 10. You have sent 11.", sqs, action, QueueUrl=url,
                Entries=entries(*map(str, range(11))))
        refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Id a repeated.", sqs, action, QueueUrl=url,
                Entries=entries("a", "b", "a"))
        for wrong in ("a b", "x" * 81, "\u00e9"):
            refused("AWS.SimpleQueueService.InvalidBatchEntryId",
                    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
                    "It can be at most 80 letters long.", sqs, action, QueueUrl=url, Entries=entries(wrong))


def visibility(sqs):
    """visibility, delay and long polls"""
    url = queue(sqs, "visibility", VisibilityTimeout="1")
    sqs("SendMessage", QueueUrl=url, MessageBody="x", DelaySeconds=1)
    start = time.monotonic()
    [message] = receive(sqs, url, WaitTimeSeconds=10)
    expect(0.5 < time.monotonic() - start < 8, time.monotonic() - start)
    [message] = receive(sqs, url, WaitTimeSeconds=10, AttributeNames=["ApproximateReceiveCount"])
    expect(message["Attributes"]["ApproximateReceiveCount"] == "2", message)
    sqs("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=43200)
    expect(receive(sqs, url, WaitTimeSeconds=2) == [], "it is hidden for long")
    sqs("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    expect(len(receive(sqs, url, VisibilityTimeout=0)) == 1 and len(receive(sqs, url)) == 1, "it is visible")
    old = message["ReceiptHandle"]  # a standard queue takes any handle that the message ever had
    sqs("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=old, VisibilityTimeout=43200)
    expect(receive(sqs, url, WaitTimeSeconds=2) == [], "it is hidden for long")
    sqs("DeleteMessage", QueueUrl=url, ReceiptHandle=old)
    expect(counts(sqs, url) == [0, 0, 0], counts(sqs, url))


def fifo(sqs):
    """FIFO queues: order, locks, deduplication, attempts"""
    url = queue(sqs, "q.fifo", FifoQueue="true", VisibilityTimeout="30")

    def send(body, group, id):
        return sqs("SendMessage", QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=id)

    first = send("a1", "a", "1")
    expect(re.fullmatch(r"\d{20}", first["SequenceNumber"]), first)
    again = send("other", "a", "1")
    expect((again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"]), again)
    second = send("a2", "a", "2")
    expect(int(second["SequenceNumber"]) > int(first["SequenceNumber"]), second)
    send("b1", "b", "3")
    taken = sqs("ReceiveMessage", QueueUrl=url, ReceiveRequestAttemptId="try", AttributeNames=["All"])["Messages"]
    same = sqs("ReceiveMessage", QueueUrl=url, ReceiveRequestAttemptId="try")["Messages"]
    expect([message["ReceiptHandle"] for message in taken] == [message["ReceiptHandle"] for message in same], same)
    system = taken[0]["Attributes"]
    expect((system["MessageGroupId"], system["MessageDeduplicationId"], system["SequenceNumber"])
           == ("a", "1", first["SequenceNumber"]), system)
    expect([message["Body"] for message in receive(sqs, url)] == ["b1"], "a is locked")
    sqs("DeleteMessage", QueueUrl=url, ReceiptHandle=taken[0]["ReceiptHandle"])
    expect([message["Body"] for message in receive(sqs, url)] == ["a2"], "a is free again")
    refused("MissingParameter", "The request must contain the parameter MessageGroupId.", sqs, "SendMessage",
            QueueUrl=url, MessageBody="x", MessageDeduplicationId="d")
    refused("InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
            sqs, "SendMessage", QueueUrl=url, MessageBody="x", MessageGroupId="g")
    refused("InvalidParameterValue",
            "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for "
            "this queue type.", sqs, "SendMessage", QueueUrl=url, MessageBody="x", MessageGroupId="g",
            MessageDeduplicationId="d", DelaySeconds=2)
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        for wrong in ("group 123", "a" * 129):
            members = {"MessageGroupId": "g", "MessageDeduplicationId": "d"} | {name: wrong}
            refused("InvalidParameterValue",
                    f"Value {wrong} for parameter {name} is invalid. Reason: {name} can only include alphanumeric and "
                    "punctuation characters. 1 to 128 in length.", sqs, "SendMessage", QueueUrl=url, MessageBody="x",
                    **members)
    refused("InvalidParameterValue", "The request must contain the parameter MessageGroupId.", sqs, "SendMessageBatch",
            QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x"}])
    content = queue(sqs, "content.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    ids = [sqs("SendMessage", QueueUrl=content, MessageBody=body, MessageGroupId=group)["MessageId"]
           for body, group in (("same", "a"), ("same", "b"), ("other", "a"))]
    expect(ids[0] == ids[1] != ids[2], ids)
    fast = queue(sqs, "fast.fifo", FifoQueue="true", DeduplicationScope="messageGroup",
                 FifoThroughputLimit="perMessageGroupId")
    ids = [sqs("SendMessage", QueueUrl=fast, MessageBody="x", MessageGroupId=group, MessageDeduplicationId="d")["MessageId"]
           for group in ("a", "b", "a")]
    expect(ids[0] != ids[1] and ids[0] == ids[2], ids)


def dead_letters(sqs):
    """dead-letter queues and who may use them"""
    dead = queue(sqs, "dead")
    policy = json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1})
    url = queue(sqs, "fails", VisibilityTimeout="0", RedrivePolicy=policy)
    expect(sqs("ListDeadLetterSourceQueues", QueueUrl=dead)["queueUrls"] == [url], "the source")
    id = sqs("SendMessage", QueueUrl=url, MessageBody="poison")["MessageId"]
    expect(len(receive(sqs, url)) == 1 and receive(sqs, url) == [], "received once")
    [message] = receive(sqs, dead, AttributeNames=["All"])
    expect(message["MessageId"] == id and message["Attributes"]["ApproximateReceiveCount"] == "2", message)
    expect(message["Attributes"]["DeadLetterQueueSourceArn"] == arn(url), message)
    sqs("SetQueueAttributes", QueueUrl=dead, Attributes={"RedriveAllowPolicy": '{"redrivePermission":"denyAll"}'})
    refused("InvalidParameterValue", re.compile("Value .* for parameter RedrivePolicy is invalid. Reason: .*"), sqs,
            "CreateQueue", QueueName="refused", Attributes={"RedrivePolicy": policy})
    for wrong in ("nonsense", "{}", json.dumps({"deadLetterTargetArn": arn(dead)}),
                  json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1001}),
                  json.dumps({"deadLetterTargetArn": arn(dead) + "-none", "maxReceiveCount": 1})):
        refused("InvalidParameterValue", re.compile("Value .* for parameter RedrivePolicy is invalid. Reason: .*", re.S),
                sqs, "SetQueueAttributes", QueueUrl=url, Attributes={"RedrivePolicy": wrong})


def move_tasks(sqs):
    """tasks that move dead letters: start, list, cancel, rate, errors"""
    dead = queue(sqs, "moved-from")
    policy = json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": "1"})
    url = queue(sqs, "moved-to", RedrivePolicy=policy)
    refused("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.", sqs,
            "StartMessageMoveTask", SourceArn=arn(url))
    for _ in range(20):
        sqs("SendMessage", QueueUrl=dead, MessageBody="x")
    none = arn(dead) + "-none"
    refused("ResourceNotFoundException", "The resource that you specified for the SourceArn parameter doesn't exist.",
            sqs, "StartMessageMoveTask", SourceArn=none, status=404)
    refused("ResourceNotFoundException",
            "The resource that you specified for the DestinationArn parameter doesn't exist.", sqs,
            "StartMessageMoveTask", SourceArn=arn(dead), DestinationArn=none, status=404)
    handle = sqs("StartMessageMoveTask", SourceArn=arn(dead), DestinationArn=arn(url),
                 MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    expect(json.loads(base64.b64decode(handle))["sourceArn"] == arn(dead), handle)
    refused("InvalidParameterValue", "There is already a task running. Only one active task is allowed for a source "
            "queue arn at a given time.", sqs, "StartMessageMoveTask", SourceArn=arn(dead))
    [task] = sqs("ListMessageMoveTasks", SourceArn=arn(dead))["Results"]
    expect((task["Status"], task["TaskHandle"], task["ApproximateNumberOfMessagesToMove"]) == ("RUNNING", handle, 20), task)
    moved = sqs("CancelMessageMoveTask", TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
    expect(0 <= moved < 20, moved)
    refused("ResourceNotFoundException", "Task does not exist.", sqs, "CancelMessageMoveTask", TaskHandle=handle, status=404)
    refused("InvalidParameterValue", "Value for parameter TaskHandle is invalid.", sqs, "CancelMessageMoveTask",
            TaskHandle="x")
    sqs("StartMessageMoveTask", SourceArn=arn(dead), DestinationArn=arn(url))
    end = time.monotonic() + 20
    while (tasks := sqs("ListMessageMoveTasks", SourceArn=arn(dead), MaxResults=10)["Results"])[0]["Status"] == "RUNNING":
        expect(time.monotonic() < end, tasks)
    expect([task["Status"] for task in tasks] == ["COMPLETED", "CANCELLED"], tasks)
    expect(tasks[0]["ApproximateNumberOfMessagesMoved"] == 20 - moved and "TaskHandle" not in tasks[0], tasks)
    expect(counts(sqs, url) == [20, 0, 0] and counts(sqs, dead) == [0, 0, 0], counts(sqs, url))


def permissions(sqs):
    """permissions are statements of the policy"""
    url = queue(sqs, "permissions")
    sqs("AddPermission", QueueUrl=url, Label="one", AWSAccountIds=["111122223333"], Actions=["SendMessage"])
    refused("InvalidParameterValue", "Value one for parameter Label is invalid. Reason: Already exists.", sqs,
            "AddPermission", QueueUrl=url, Label="one", AWSAccountIds=["111122223333"], Actions=["SendMessage"])
    policy = json.loads(sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    expect(policy == {
        "Version": "2008-10-17", "Id": arn(url) + "/SQSDefaultPolicy", "Statement": [{
            "Sid": "one", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "SQS:SendMessage", "Resource": arn(url)}]}, policy)
    sqs("RemovePermission", QueueUrl=url, Label="one")
    expect(sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"]) == {}, "no policy is left")
    refused("InvalidParameterValue", "Value one for parameter Label is invalid. Reason: can't find label.", sqs,
            "RemovePermission", QueueUrl=url, Label="one")


def tags(sqs):
    """tags"""
    name = f"{sqs.name}-tags"
    url = sqs("CreateQueue", QueueName=name, tags={"a": "1"})["QueueUrl"]
    sqs("TagQueue", QueueUrl=url, Tags={"b": "2 & 3", "c": ""})
    sqs("UntagQueue", QueueUrl=url, TagKeys=["a", "none"])
    expect(sqs("ListQueueTags", QueueUrl=url)["Tags"] == {"b": "2 & 3", "c": ""}, sqs("ListQueueTags", QueueUrl=url))
    refused("InvalidParameterValue", re.compile("Too many tags.*"), sqs, "TagQueue", QueueUrl=url,
            Tags={str(number): "x" for number in range(51)})


def paging(sqs):
    """lists in pages"""
    names = [f"page-{sqs.name}-{number}" for number in range(5)]
    for name in names:
        sqs("CreateQueue", QueueName=name)
    found, token = [], {}
    while True:
        page = sqs("ListQueues", QueueNamePrefix=f"page-{sqs.name}", MaxResults=2, **token)
        found += page["QueueUrls"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    expect(found == [f"{sqs.url}/{ACCOUNT}/{name}" for name in names], found)
    expect(sqs("ListQueues", QueueNamePrefix="none") == {}, "no queues")
    expect(sqs("GetQueueUrl", QueueName=names[0])["QueueUrl"] == found[0], found)


def errors(sqs):
    """errors in AWS's words"""
    url = queue(sqs, "errors")
    gone = "The specified queue does not exist."
    for action, members in {
            "GetQueueUrl": {"QueueName": "none"}, "SendMessage": {"QueueUrl": "none", "MessageBody": "x"},
            "ReceiveMessage": {"QueueUrl": "none"}, "DeleteQueue": {"QueueUrl": "none"},
            "ListQueueTags": {"QueueUrl": "none"}, "GetQueueAttributes": {"QueueUrl": "none"}}.items():
        refused("AWS.SimpleQueueService.NonExistentQueue", gone, sqs, action, **members)
    refused("QueueAlreadyExists", "A queue already exists with the same name and a different value for attribute "
            "DelaySeconds", sqs, "CreateQueue", QueueName=url.rsplit("/", 1)[1], Attributes={"DelaySeconds": "1"})
    for name, message in (("Nonsense", "Unknown Attribute Nonsense."),
                          ("DeduplicationScope", "You can specify the DeduplicationScope only when FifoQueue is set to true."),
                          ("FifoThroughputLimit", "You can specify the FifoThroughputLimit only when FifoQueue is set to true."),
                          ("ContentBasedDeduplication", "Unknown Attribute ContentBasedDeduplication.")):
        refused("InvalidAttributeName", message, sqs, "CreateQueue", QueueName="x", Attributes={name: "true"})
    refused("InvalidAttributeName", "Unknown Attribute FifoQueue.", sqs, "CreateQueue", QueueName="x",
            Attributes={"FifoQueue": "false"})
    refused("InvalidAttributeName", "Unknown Attribute Nonsense.", sqs, "GetQueueAttributes", QueueUrl=url,
            AttributeNames=["Nonsense"])
    refused("InvalidAttributeName", "Unknown Attribute FifoQueue.", sqs, "SetQueueAttributes", QueueUrl=url,
            Attributes={"FifoQueue": "true"})
    kept = queue(sqs, "type.fifo", FifoQueue="True")
    refused("InvalidAttributeValue", "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not "
            "supported.", sqs, "SetQueueAttributes", QueueUrl=kept, Attributes={"FifoQueue": "false"})
    refused("MissingParameter", "The request must contain the parameter MessageBody.", sqs, "SendMessage", QueueUrl=url)
    refused("ReceiptHandleIsInvalid", 'The input receipt handle "x" is not a valid receipt handle.', sqs, "DeleteMessage",
            QueueUrl=url, ReceiptHandle="x")
    refused("InvalidMessageContents", re.compile("Invalid characters found.*"), sqs, "SendMessage", QueueUrl=url,
            MessageBody="\x01")
    text = {"DataType": "String", "StringValue": ""}
    refused("InvalidParameterValue", "Message (user) attribute 'a' must contain a non-empty value of type 'String'.", sqs,
            "SendMessage", QueueUrl=url, MessageBody="x", MessageAttributes={"a": text})
    for name in ("AWS.x", "amazon.x", ".a", "a.", "a..b", "a b", "x" * 257):
        refused("InvalidParameterValue", re.compile(".*", re.S), sqs, "SendMessage", QueueUrl=url, MessageBody="x",
                MessageAttributes={name: {"DataType": "String", "StringValue": "x"}})
    for name in ("a b", "x" * 81, "a.b", "x.fifo"):
        refused("InvalidParameterValue", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in "
                "length", sqs, "CreateQueue", QueueName=name)


def limits(sqs):
    """limits, each at its edge and beyond"""
    url = queue(sqs, "limits")
    for parameter, low, high, text in (("MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided."),
                                       ("WaitTimeSeconds", 0, 20, "Must be >= 0 and <= 20, if provided.")):
        for wrong in (low - 1, high + 1):
            refused("InvalidParameterValue", f"Value {wrong} for parameter {parameter} is invalid. Reason: {text}", sqs,
                    "ReceiveMessage", QueueUrl=url, **{parameter: wrong})
    for parameter, edges in (("VisibilityTimeout", (0, 43200)), ("DelaySeconds", (0, 900)),
                             ("MessageRetentionPeriod", (60, 1209600)), ("MaximumMessageSize", (1024, 1048576)),
                             ("ReceiveMessageWaitTimeSeconds", (0, 20))):
        for right in edges:
            sqs("SetQueueAttributes", QueueUrl=url, Attributes={parameter: str(right)})
        for wrong in (edges[0] - 1, edges[1] + 1, "x"):
            refused("InvalidAttributeValue", f"Invalid value for the parameter {parameter}.", sqs, "SetQueueAttributes",
                    QueueUrl=url, Attributes={parameter: str(wrong)})
    url = queue(sqs, "sizes")
    sqs("SendMessage", QueueUrl=url, MessageBody="x" * 1048576)
    refused("InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 1048576 "
            "bytes.", sqs, "SendMessage", QueueUrl=url, MessageBody="x" * 1048577)
    refused("InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 1048576 "
            "bytes.", sqs, "SendMessage", QueueUrl=url, MessageBody="x" * 1048576,
            MessageAttributes={"a": {"DataType": "String", "StringValue": "x"}})
    refused("AWS.SimpleQueueService.BatchRequestTooLong", "Batch requests cannot be longer than 1048576 bytes. You have "
            "sent 1048577 bytes.", sqs, "SendMessageBatch", QueueUrl=url, Entries=[
                {"Id": "a", "MessageBody": "x" * 1048576}, {"Id": "b", "MessageBody": "x"}])
    ten = {f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(10)}
    sqs("SendMessage", QueueUrl=url, MessageBody="x", MessageAttributes=ten)
    refused("InvalidParameterValue", "Number of message attributes [11] exceeds the allowed maximum [10].", sqs,
            "SendMessage", QueueUrl=url, MessageBody="x", MessageAttributes=ten | {"b": ten["a0"]})
    sqs("PurgeQueue", QueueUrl=url)


SCENARIOS = (messages, attributes, batches, visibility, fifo, dead_letters, move_tasks, permissions, tags, paging, errors,
             limits)
