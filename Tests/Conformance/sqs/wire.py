"""What only shows on the wire: paths, hosts, regions, encodings, abandoned polls."""

import json
import socket
import time
import urllib.parse

from checks import expect
from sqs.protocols import REGION, JSONProtocol, arn, exchange, receive, refused



def wire(checks, url):
    host, port = urllib.parse.urlparse(url).hostname, urllib.parse.urlparse(url).port
    json_protocol = JSONProtocol(url)
    target = json_protocol("CreateQueue", QueueName="wire")["QueueUrl"]
    json_type = {"Content-Type": "application/x-amz-json-1.0"}

    with checks.check("SQS on the wire: what is no request is a 4xx of the right shape"):
        for body, action, shape in ((b"{", "ListQueues", "SerializationException"),
                                    (b"[]", "ListQueues", "SerializationException"),
                                    (b'{"QueueUrl":7}', "PurgeQueue", "SerializationException"),
                                    (b'{"QueueUrl":"wire","MaxNumberOfMessages":"x"}', "ReceiveMessage",
                                     "SerializationException"),
                                    (b"{}", "MakeCoffee", "UnknownOperationException")):
            status, _, answer = exchange(
                url + "/", "POST", json_type | {"X-Amz-Target": f"AmazonSQS.{action}"}, body)
            expect(status == 400 and json.loads(answer)["__type"] == f"com.amazon.coral.service#{shape}", answer)
        status, _, answer = exchange(target + "?Action=ListQueues", "GET", {}, None)
        expect(status == 400 and b"<Code>InvalidAction</Code>" in answer, answer)
        status, _, answer = exchange(target + "?Action=MakeCoffee", "GET", {}, None)
        expect(status == 400 and b"The action MakeCoffee is not valid for this endpoint." in answer, answer)
        status, _, answer = exchange(target, "GET", {"Accept": "application/json"}, None)
        expect(status == 404 and b"<UnknownOperationException" in answer, answer)

    with checks.check("SQS on the wire: GET and POST on a queue's URL, in both protocols"):
        for method, path, headers, body in (
                ("GET", "?Action=SendMessage&MessageBody=one", {}, None),
                ("POST", "", {"Content-Type": "application/x-www-form-urlencoded"}, b"Action=SendMessage&MessageBody=two"),
                ("POST", "", json_type | {"X-Amz-Target": "AmazonSQS.SendMessage"}, b'{"MessageBody":"three"}')):
            status, _, answer = exchange(target + path, method, headers, body)
            expect(status == 200 and b"MD5OfMessageBody" in answer, answer)
        bodies = sorted(message["Body"] for message in receive(json_protocol, "http://elsewhere/000000000000/wire"))
        expect(bodies == ["one", "three", "two"], bodies)

    with checks.check("SQS on the wire: carriage returns, and JSON for those who accept it"):
        json_protocol("SendMessage", QueueUrl="wire", MessageBody="a\r\nb")
        _, _, answer = exchange(target + "?Action=ReceiveMessage&VisibilityTimeout=0", "GET", {}, None)
        expect(b"<Body>a&#xD;\nb</Body>" in answer, answer)
        accept = {"Accept": "application/json"}
        _, headers, answer = exchange(target + "?Action=ReceiveMessage", "GET", accept, None)
        found = json.loads(answer)["ReceiveMessageResponse"]["ReceiveMessageResult"]["messages"]
        expect(headers["Content-Type"] == "application/json" and found[0]["Body"] == "a\r\nb", answer)
        _, _, answer = exchange(target + "?Action=GetQueueAttributes&AttributeName.1=QueueArn", "GET", accept, None)
        found = json.loads(answer)["GetQueueAttributesResponse"]["GetQueueAttributesResult"]["Attributes"]
        expect(found == [{"Name": "QueueArn", "Value": arn(target)}], answer)
        status, _, answer = exchange(target + "?Action=ListQueues", "GET", accept, None)
        expect(status == 400 and json.loads(answer)["Error"]["Code"] == "InvalidAction", answer)

    with checks.check("SQS on the wire: regions and accounts have queues of their own"):
        def call(action, members, **who):
            _, _, answer = exchange(
                url + "/", "POST", json_type | {"X-Amz-Target": f"AmazonSQS.{action}"}, json.dumps(members).encode(), **who)
            return json.loads(answer)
        urls = [call("CreateQueue", {"QueueName": "scoped"}, region=region, key=key)["QueueUrl"]
                for region in (REGION, "eu-central-1") for key in ("local", "111122223333")]
        expect(urls == [f"{url}/000000000000/scoped", f"{url}/111122223333/scoped",
                        f"{url}/queue/eu-central-1/000000000000/scoped",
                        f"{url}/queue/eu-central-1/111122223333/scoped"], urls)
        for each in urls:
            json_protocol("SendMessage", QueueUrl=each, MessageBody=each)
        for each in urls:
            expect([message["Body"] for message in receive(json_protocol, each)] == [each], each)

    with checks.check("SQS on the wire: pipelining, chunks, Expect: 100-continue, the caller's Host"):
        def head(action, more):
            return (f"POST / HTTP/1.1\r\nHost: queues.example:99\r\nContent-Type: application/x-amz-json-1.0\r\n"
                    f"X-Amz-Target: AmazonSQS.{action}\r\n{more}\r\n\r\n").encode()
        with socket.create_connection((host, port), timeout=20) as connection:
            get = b'{"QueueName":"wire"}'
            connection.sendall(3 * (head("GetQueueUrl", f"Content-Length: {len(get)}") + get))
            connection.sendall(head("GetQueueUrl", "Transfer-Encoding: chunked") + b"5\r\n" + get[:5] + b"\r\nf\r\n"
                               + get[5:] + b"\r\n0\r\n\r\n")
            wanted = b'{"QueueUrl":"http://queues.example:99/000000000000/wire"}'
            read(connection, lambda seen: seen.count(wanted) == 4)
            connection.sendall(head("GetQueueUrl", f"Content-Length: {len(get)}\r\nExpect: 100-continue"))
            read(connection, lambda seen: b"100 Continue" in seen)
            connection.sendall(get)
            read(connection, lambda seen: wanted in seen)

    with checks.check("SQS on the wire: a poll whose caller has gone takes no message"):
        json_protocol("CreateQueue", QueueName="abandoned")
        body = b'{"QueueUrl":"abandoned","WaitTimeSeconds":20}'
        for _ in range(5):
            connection = socket.create_connection((host, port))
            connection.sendall(head("ReceiveMessage", f"Content-Length: {len(body)}") + body)
            time.sleep(0.1)
            connection.close()
        time.sleep(0.2)
        json_protocol("SendMessage", QueueUrl="abandoned", MessageBody="x")
        expect(len(receive(json_protocol, "abandoned", WaitTimeSeconds=2)) == 1, "it was swallowed")


def read(connection, is_enough):
    seen = b""
    while not is_enough(seen):
        more = connection.recv(65536)
        expect(more, seen)
        seen += more
    return seen


def strict(url):
    sqs = JSONProtocol(url)
    target = sqs("CreateQueue", QueueName="strict")["QueueUrl"]
    sqs("PurgeQueue", QueueUrl=target)
    refused("AWS.SimpleQueueService.PurgeQueueInProgress",
            "Only one PurgeQueue operation on strict is allowed every 60 seconds.", sqs, "PurgeQueue", QueueUrl=target,
            status=403)
    sqs("DeleteQueue", QueueUrl=target)
    refused("AWS.SimpleQueueService.QueueDeletedRecently",
            "You must wait 60 seconds after deleting a queue before you can create another with the same name.", sqs,
            "CreateQueue", QueueName="strict")
    status, _, _ = exchange(url + "/?Action=ListQueues", "GET", {"Authorization": ""}, None)
    expect(status == 403, status)
