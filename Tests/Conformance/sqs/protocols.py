"""SQS's two protocols on the wire, under one call: `sqs("SendMessage", QueueUrl=…, MessageBody=…)`."""

import base64
import hashlib
import json
import re
import struct
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

from checks import expect

ACCOUNT = "000000000000"
REGION = "us-east-1"
NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


def exchange(url, method, headers, body, region=REGION, key="local"):
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/sqs/aws4_request, "
                         "SignedHeaders=host, Signature=0"} | headers
    request = urllib.request.Request(url, method=method, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class JSONProtocol:
    name = "JSON"

    def __init__(self, url):
        self.url = url

    def __call__(self, action, **members):
        status, headers, body = exchange(
            self.url + "/", "POST",
            {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AmazonSQS.{action}"},
            json.dumps(members).encode())
        expect(headers["Content-Type"] == "application/x-amz-json-1.0", headers["Content-Type"])
        expect(re.fullmatch(r"[0-9a-f-]{36}", headers["x-amzn-RequestId"] or ""), str(headers))
        answer = json.loads(body or b"{}")
        if status != 200:
            code = headers["x-amzn-query-error"].removesuffix(";Sender")
            expect(headers["x-amzn-errortype"] == answer["__type"], str(headers))
            raise Refused(status, code, answer["message"])
        return answer


class QueryProtocol:
    """Says the same in the old words, and makes of the answers what the JSON protocol would have said."""

    name = "query"
    # The JSON protocol's name of a list or map: the query protocol's, and what an element of it is.
    lists = {"AttributeNames": "AttributeName", "MessageAttributeNames": "MessageAttributeName",
             "MessageSystemAttributeNames": "MessageSystemAttributeName", "TagKeys": "TagKey",
             "AWSAccountIds": "AWSAccountId", "Actions": "ActionName"}
    maps = {"Attributes": ("Attribute", "Name"), "tags": ("Tag", "Key"), "Tags": ("Tag", "Key"),
            "MessageAttributes": ("MessageAttribute", "Name"),
            "MessageSystemAttributes": ("MessageSystemAttribute", "Name")}
    answered_lists = {"Message": "Messages", "QueueUrl": "QueueUrls", "ListMessageMoveTasksResultEntry": "Results",
                      "BatchResultErrorEntry": "Failed"}
    integers = {"ApproximateNumberOfMessagesMoved", "ApproximateNumberOfMessagesToMove", "StartedTimestamp",
                "MaxNumberOfMessagesPerSecond"}

    def __init__(self, url):
        self.url = url

    def __call__(self, action, **members):
        fields = {"Action": action, "Version": "2012-11-05"} | self.flat(action, members)
        status, headers, body = exchange(
            self.url + "/", "POST", {"Content-Type": "application/x-www-form-urlencoded"},
            urllib.parse.urlencode(fields).encode())
        expect(headers["Content-Type"] == "text/xml", headers["Content-Type"])
        root = ElementTree.fromstring(body)
        if status != 200:
            error = root.find(NAMESPACE + "Error")
            expect(error.findtext(NAMESPACE + "Type") == "Sender", body)
            raise Refused(status, error.findtext(NAMESPACE + "Code"),
                          error.findtext(NAMESPACE + "Message").replace(" for this wsdl version", ""))
        expect(root.tag == f"{NAMESPACE}{action}Response", root.tag)
        expect(root.find(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId") is not None, body)
        result = root.find(f"{NAMESPACE}{action}Result")
        return {} if result is None else self.members(action, result)

    def flat(self, action, members):
        fields = {}
        for name, value in members.items():
            if name in self.lists:
                fields |= {f"{self.lists[name]}.{index}": item for index, item in enumerate(value, 1)}
            elif name in self.maps:
                element, key = self.maps[name]
                for index, (item, content) in enumerate(value.items(), 1):
                    fields[f"{element}.{index}.{key}"] = item
                    if isinstance(content, dict):
                        fields |= {f"{element}.{index}.Value.{part}": text for part, text in content.items()}
                    else:
                        fields[f"{element}.{index}.Value"] = content
            elif name == "Entries":
                for index, entry in enumerate(value, 1):
                    fields |= {f"{action}RequestEntry.{index}.{part}": text
                               for part, text in self.flat(action, entry).items()}
            else:
                fields[name] = value
        return fields

    def members(self, action, element):
        answer = {}
        for child in element:
            name = child.tag.removeprefix(NAMESPACE)
            if name in ("Attribute", "Tag", "MessageAttribute"):
                key = child.findtext(NAMESPACE + "Name") or child.findtext(NAMESPACE + "Key")
                value = child.find(NAMESPACE + "Value")
                answer.setdefault(name + "s", {})[key] = self.members(action, value) if len(value) else value.text or ""
            elif name in self.answered_lists and not (name == "QueueUrl" and action in ("CreateQueue", "GetQueueUrl")) \
                    and (name != "Message" or len(child)):
                listed = self.answered_lists[name]
                if action == "ListDeadLetterSourceQueues":
                    listed = "queueUrls"
                answer.setdefault(listed, []).append(self.members(action, child) if len(child) else child.text)
            elif name.endswith("ResultEntry"):
                answer.setdefault("Successful", []).append(self.members(action, child))
            elif name == "SenderFault":
                answer[name] = child.text == "true"
            else:
                answer[name] = int(child.text) if name in self.integers else child.text or ""
        return answer


def refused(code, message, call, *arguments, status=400, **members):
    """The call has to fail with just this code and message."""
    try:
        answer = call(*arguments, **members)
    except Refused as error:
        seen = (error.status, error.code, error.message)
        matches = message.fullmatch(error.message) if isinstance(message, re.Pattern) else message == error.message
        expect(error.status == status and error.code == code and matches, seen)
    else:
        raise AssertionError(f"{arguments} {members} was answered: {answer}"[:300])


def queue(sqs, name, **attributes):
    """A new queue, whose name says over which protocol it was made."""
    name = f"{sqs.name}-{name}"
    url = sqs("CreateQueue", QueueName=name, **({"Attributes": attributes} if attributes else {}))["QueueUrl"]
    expect(url == f"{sqs.url}/{ACCOUNT}/{name}", url)
    return url


def arn(url):
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rsplit('/', 1)[1]}"


def receive(sqs, url, **members):
    return sqs("ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10, **members).get("Messages", [])


def counts(sqs, url):
    names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
    found = sqs("GetQueueAttributes", QueueUrl=url, AttributeNames=names)["Attributes"]
    return [int(found[name]) for name in names]


def digest(attributes):
    """MD5 of message attributes, from AWS's description of it."""
    data = b""
    for name, value in sorted(attributes.items()):
        is_binary = value["DataType"].startswith("Binary")
        content = base64.b64decode(value["BinaryValue"]) if is_binary else value["StringValue"].encode()
        for part in (name.encode(), value["DataType"].encode()):
            data += struct.pack(">I", len(part)) + part
        data += (b"\2" if is_binary else b"\1") + struct.pack(">I", len(content)) + content
    return hashlib.md5(data).hexdigest()
