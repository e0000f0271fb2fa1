"""Mangum and Powertools for Lambda, hosted by AWS's own Python runtime client, behind the HTTP gateway.

The clients are curl and Python's http.client.
"""

import http.client
import json
import os
import re
import subprocess
import tempfile
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from checks import Process, clean_environment, expect
from gateway_project import project


def run(checks, bin):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        project(root)
        command = [bin / "lambda-local", "up", "--template", root / "template.yaml", "--ephemeral", "--port", "0",
                   "--http-port", "0", "--sqs-port", "0", "--function-url-port", "0"]
        with Process(command, clean_environment(), root) as process:
            with checks.check("lambda-local up serves Mangum and Powertools on awslambdaric"):
                api, urls = process.wait_for(lambda: addresses(process.log()), seconds=60)
            mangum(checks, "HTTP API, format 2.0", f"{api}/new", "2.0")
            mangum(checks, "HTTP API, format 1.0", f"{api}/old", "1.0")
            mangum(checks, "function URL", urls["Mangum"], "2.0")
            powertools(checks, api, urls["PowertoolsUrl"])
            cors(checks, api, urls["PowertoolsUrl"])
            signed(checks, urls["Signed"])
            wire(checks, f"{api}/new")


def addresses(log):
    """The API's URL and the functions', once `up` has said that all is there."""
    api = re.search(r"^\s*HTTP\s+(http://\S+)", log, re.MULTILINE)
    urls = dict(re.findall(r"^\s*URL\s+(http://\S+?)/?\s+\((\w+)\)", log, re.MULTILINE))
    return (api.group(1), {name: url for url, name in urls.items()}) if api and "Ctrl-C" in log else None


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.getheaders()
        self.body = response.read()

    def all(self, name):
        return [value for field, value in self.headers if field.lower() == name.lower()]

    def json(self):
        return json.loads(self.body)


def send(method, url, headers=(), body=b""):
    """One exchange; header fields may repeat."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.putrequest(method, parts.path + (f"?{parts.query}" if parts.query else ""))
        for name, value in headers:
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def mangum(checks, what, base, version):
    def check(text):
        return checks.check(f"Mangum, {what}: {text}")

    with check("path, query, cookies, repeated fields and body"):
        answer = send(
            "POST", f"{base}/echo/a%20b/c?x=1&x=2&y=%C3%BC&flag", body=b'{"\xc3\xbc": 1}',
            headers=[("Content-Type", "application/json"), ("X-Twice", "one"), ("X-Twice", "two"), ("Cookie", "a=1; b=2")])
        expect(answer.status == 200, (answer.status, answer.body))
        seen = answer.json()
        expect(seen["method"] == "POST", seen)
        expect(urllib.parse.unquote(seen["path"]).endswith("/echo/a b/c"), seen["path"])
        expect(seen["query"][:3] == [["x", "1"], ["x", "2"], ["y", "ü"]], seen["query"])
        expect(seen["cookies"] == {"a": "1", "b": "2"}, seen["cookies"])
        expect(",".join(seen["twice"]).replace(" ", "") == "one,two", seen["twice"])
        expect(seen["body"] == '{"ü": 1}', seen["body"])
        expect(seen["client"] == "127.0.0.1", seen["client"])
        expect(seen["event"]["version"] == version, seen["event"]["version"])

    with check("a form"):
        answer = send("POST", f"{base}/form", [("Content-Type", "application/x-www-form-urlencoded")], b"a=1&a=2&b=x+y%26")
        expect(answer.json() == [["a", "1"], ["a", "2"], ["b", "x y&"]], answer.body)

    with check("a file, byte for byte"):
        import hashlib
        data = bytes(range(256)) * 4096
        body = (b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
                b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--x--\r\n")
        answer = send("POST", f"{base}/upload", [("Content-Type", "multipart/form-data; boundary=x")], body)
        expect(answer.body.decode() == hashlib.sha256(data).hexdigest(), answer.body)

    with check("a binary answer, byte for byte"):
        answer = send("GET", f"{base}/binary")
        expect(answer.body == bytes(range(256)), answer.body)
        expect(answer.all("content-type") == ["application/octet-stream"], answer.headers)
        expect(answer.all("content-length") == ["256"], answer.headers)

    with check("cookies of an answer, one field each"):
        answer = send("GET", f"{base}/cookies")
        expect(answer.status == 201, answer.status)
        cookies = answer.all("set-cookie")
        expect([cookie[:4] for cookie in cookies] == ["a=1;", "b=2;"], cookies)

    with check("HEAD"):
        answer = send("HEAD", f"{base}/binary")
        expect(answer.status == 200 and answer.body == b"", answer.body)
        expect(answer.all("content-length") in (["256"], ["0"]), answer.headers)

    with check("an unknown path and a failing handler"):
        expect(send("GET", f"{base}/nowhere").status == 404, "no 404")
        expect(send("GET", f"{base}/fail").status == 500, "no 500")
        expect(send("GET", f"{base}/echo").status == 200, "it does not go on")


def powertools(checks, api, url):
    with checks.check("Powertools: every field of a format 2.0 event"):
        answer = send(
            "POST", f"{api}/tools/users/J%C3%B6rg?x=1&x=2", body=b"a=b",
            headers=[("Content-Type", "application/x-www-form-urlencoded"), ("Cookie", "s=1"), ("User-Agent", "test/1")])
        expect(answer.status == 200, (answer.status, answer.body))
        seen = answer.json()
        for name, value in {
                "name": "Jörg", "version": "2.0", "route_key": "ANY /tools/{proxy+}", "raw_path": "/prod/tools/users/Jörg",
                "raw_query": "x=1&x=2", "query": {"x": "1,2"}, "cookies": ["s=1"], "body": "a=b",
                "stage_variables": {"table": "users"}, "parameters": {"proxy": "users/Jörg"}, "method": "POST",
                "path": "/prod/tools/users/Jörg", "protocol": "HTTP/1.1", "ip": "127.0.0.1", "agent": "test/1",
                "stage": "prod", "account": "000000000000", "request": answer.all("apigw-requestid")[0]}.items():
            expect(seen[name] == value, (name, seen[name]))
        expect(seen["headers"]["x-forwarded-proto"] == "http" and seen["headers"]["content-length"] == "3", seen["headers"])
        expect(re.fullmatch(r"\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000", seen["time"]), seen["time"])

    with checks.check("Powertools: every field of a function URL's event"):
        answer = send("GET", f"{url}/tools/users/J%C3%B6rg?x=%C3%BC")
        expect(answer.status == 200, (answer.status, answer.body))
        seen = answer.json()
        expect(seen["raw_path"] == "/tools/users/J%C3%B6rg", seen["raw_path"])
        expect(seen["raw_query"] == "x=%C3%BC" and seen["query"] == {"x": "ü"}, seen["query"])
        expect(seen["route_key"] == "$default" and seen["stage"] == "$default", seen)
        expect(re.fullmatch(r"[a-z0-9]{32}\.lambda-url\.us-east-1\.on\.aws", seen["domain"]), seen["domain"])
        expect(seen["domain"].startswith(seen["prefix"]) and seen["api"] == seen["prefix"], seen)

    with checks.check("Powertools: an answer without content, and an unknown route"):
        answer = send("GET", f"{api}/tools/missing-response")
        expect(answer.status == 204 and answer.body == b"", (answer.status, answer.body))
        expect(send("GET", f"{api}/tools/unknown").status == 404, "no 404")
        answer = send("GET", f"{api}/unknown")
        expect(answer.status == 404 and answer.json() == {"message": "Not Found"}, answer.body)

    with checks.check("a route's TimeoutInMillis: 503"):
        answer = send("GET", f"{api}/slow")
        expect(answer.status == 503 and answer.json() == {"message": "Service Unavailable"}, (answer.status, answer.body))

    with checks.check("answers that Lambda infers, and those that make no sense"):
        def raw(base, text):
            answer = send("GET", f"{base}/raw?answer={urllib.parse.quote(text)}")
            return answer.status, answer.body.decode()

        for base, bad in ((f"{api}/tools", (500, '{"message":"Internal Server Error"}')), (url, (502, "Internal Server Error"))):
            for text, seen in {
                    '{"a": 1}': (200, '{"a": 1}'), '"text"': (200, "text"), "[1, 2]": (200, "[1, 2]"), "3.1": (200, "3.1"),
                    '{"statusCode": "201", "body": "x"}': (201, "x"), '{"statusCode": 200.5}': bad, '{"statusCode": 99}': bad,
                    '{"statusCode": 200, "body": {}}': bad, '{"statusCode": 200, "headers": {"a": "b\\r\\nc: d"}}': bad,
            }.items():
                expect(raw(base, text) == seen, (base, text, raw(base, text)))


def cors(checks, api, url):
    origin = ("Origin", "https://app.example.com")
    with checks.check("CORS of an HTTP API: preflight"):
        answer = send("OPTIONS", f"{api}/new/echo", [origin, ("Access-Control-Request-Method", "POST")])
        expect(answer.status == 204 and answer.body == b"", (answer.status, answer.body))
        for name, value in {
                "allow-origin": "https://app.example.com", "allow-methods": "GET,POST", "allow-headers": "authorization",
                "max-age": "600", "allow-credentials": "true"}.items():
            expect(answer.all(f"access-control-{name}") == [value], answer.headers)
        foreign = send("OPTIONS", f"{api}/new/echo", [("Origin", "https://evil"), ("Access-Control-Request-Method", "POST")])
        expect(foreign.status == 204 and not foreign.all("access-control-allow-origin"), foreign.headers)

    with checks.check("CORS of an HTTP API: its fields instead of the function's"):
        answer = send("GET", f"{api}/new/cookies", [origin])
        expect(answer.all("access-control-allow-origin") == ["https://app.example.com"], answer.headers)
        expect(answer.all("access-control-expose-headers") == ["x-b"], answer.headers)
        expect(not send("GET", f"{api}/new/cookies").all("access-control-allow-origin"), "fields without an Origin")

    with checks.check("CORS of a function URL"):
        answer = send("OPTIONS", url, [origin, ("Access-Control-Request-Method", "GET")])
        expect(answer.status == 200 and answer.all("access-control-allow-origin") == ["*"], answer.headers)
        answer = send("GET", f"{url}/tools/users/x", [origin])
        expect(answer.status == 200 and "*" in answer.all("access-control-allow-origin"), answer.headers)


def signed(checks, url):
    """A function URL with AWS_IAM, called as botocore signs."""
    def call(signer, service="lambda"):
        request = AWSRequest("GET", f"{url}/tools/caller?a=b%20c")
        signer(Credentials("AKIDEXAMPLE", "secret", "token"), service, "us-east-1").add_auth(request)
        prepared = request.prepare()
        return send("GET", prepared.url, list(prepared.headers.items()))

    for signer in SigV4Auth, SigV4QueryAuth:
        with checks.check(f"function URL with AWS_IAM: {signer.__name__} of botocore is let in, and Powertools names the caller"):
            answer = call(signer)
            expect(answer.status == 200, (answer.status, answer.body))
            expect(answer.json() == {
                "key": "AKIDEXAMPLE", "account": "000000000000", "id": "000000000000", "organisation": "",
                "arn": "arn:aws:iam::000000000000:root", "user": "000000000000", "cognito": []}, answer.json())

    with checks.check("function URL with AWS_IAM: who does not sign, or for another service, is turned away"):
        answer = send("GET", f"{url}/tools/caller")
        expect(answer.status == 403 and answer.json() == {"Message": "Forbidden"}, (answer.status, answer.body))
        answer = call(SigV4Auth, "execute-api")
        expect(answer.status == 403 and "correct service" in answer.json()["message"], (answer.status, answer.body))


def curl(*arguments, input=None):
    result = subprocess.run(
        ["curl", "-sS", "-m", "60", *arguments], input=input, capture_output=True, timeout=90)
    if result.returncode:
        raise RuntimeError(result.stderr.decode())
    return result.stdout.decode()


def wire(checks, base):
    with checks.check("curl: Expect: 100-continue, chunked, and a request for HTTP/2"):
        text = "x" * 200_000
        type = ("-H", "Content-Type: text/plain")
        expect(json.loads(curl(*type, "-H", "Expect: 100-continue", "--data-binary", "@-", f"{base}/echo",
                               input=text.encode()))["body"] == text, "another body")
        expect(json.loads(curl(*type, "-X", "POST", "-T", "-", f"{base}/echo", input=text.encode()))["body"] == text, "another body")
        # curl asks for h2c, and is content with HTTP/1.1.
        answer = curl("--http2", "-o", os.devnull, "-w", "%{http_code} %{http_version}", f"{base}/echo")
        expect(answer == "200 1.1", answer)

    with checks.check("curl: several requests on one connection"):
        count = curl("-o", os.devnull, "-w", "%{num_connects}\n", f"{base}/echo", "-o", os.devnull, f"{base}/echo",
                     "-o", os.devnull, f"{base}/echo")
        expect(count.split() == ["1", "0", "0"], count)

    with checks.check("http.client: a body that is too large"):
        body = b"x" * (7 << 20)
        answer = send("POST", f"{base}/echo", [("Content-Type", "text/plain")], body)
        expect(answer.status == 413 and answer.json() == {"message": "Request Entity Too Large"}, (answer.status, answer.body))

    with checks.check("http.client: eight callers at once"):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: send("GET", f"{base}/echo/{number}").json()["path"], range(64)))
        expect([path.rsplit("/", 1)[1] for path in answers] == [str(number) for number in range(64)], answers)
