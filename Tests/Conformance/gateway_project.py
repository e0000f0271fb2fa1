"""The functions that `gateway` has hosted: Mangum, and Powertools for Lambda."""

import sys

TEMPLATE = """
Globals:
  Function:
    Runtime: provided.al2023
    Timeout: 20
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: prod
      StageVariables: {table: users}
      CorsConfiguration:
        AllowOrigins: [https://app.example.com]
        AllowMethods: [GET, POST]
        AllowHeaders: [authorization]
        ExposeHeaders: [x-b]
        MaxAge: 600
        AllowCredentials: true
  Mangum:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: mangum
      Handler: bootstrap
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        New: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: "/new/{proxy+}", Method: ANY}}
        Old: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: "/old/{proxy+}", Method: ANY, PayloadFormatVersion: "1.0"}}
  Powertools:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: powertools
      Handler: bootstrap
      Events:
        Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: "/tools/{proxy+}", Method: ANY}}
        Slow: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /slow, Method: GET, TimeoutInMillis: 500}}
  PowertoolsUrl:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: powertools-url
      Handler: bootstrap
      FunctionUrlConfig:
        AuthType: NONE
        Cors: {AllowOrigins: ["*"], AllowMethods: [GET], MaxAge: 60}
  Signed:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: powertools-url
      Handler: bootstrap
      FunctionUrlConfig: {AuthType: AWS_IAM}
"""

MANGUM = '''
import hashlib
from mangum import Mangum
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route


async def echo(request):
    return JSONResponse({
        "method": request.method, "path": request.url.path, "query": request.query_params.multi_items(),
        "cookies": request.cookies, "twice": request.headers.getlist("x-twice"), "client": request.client.host,
        "body": (await request.body()).decode("utf-8", "replace"),
        "event": request.scope["aws.event"]})


async def form(request):
    return JSONResponse([list(pair) for pair in (await request.form()).multi_items()])


async def upload(request):
    data = await (await request.form())["file"].read()
    return PlainTextResponse(hashlib.sha256(data).hexdigest())


async def binary(request):
    return Response(bytes(range(256)), media_type="application/octet-stream")


async def cookies(request):
    response = PlainTextResponse("ok", status_code=201, headers={"access-control-allow-origin": "*"})
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", path="/x")
    return response


async def fail(request):
    raise RuntimeError("asked to fail")

routes = []
for prefix in ("", "/new", "/old"):
    for name, endpoint in {
            "echo": echo, "form": form, "upload": upload, "binary": binary, "cookies": cookies, "fail": fail}.items():
        for path in (f"{prefix}/{name}", f"{prefix}/{name}/{{rest:path}}"):
            routes.append(Route(path, endpoint, methods=["GET", "POST", "PUT", "HEAD", "OPTIONS"]))
handler = Mangum(Starlette(routes=routes), lifespan="off", api_gateway_base_path="/prod")
'''

POWERTOOLS = '''
import time
from aws_lambda_powertools.event_handler import {resolver}, Response

app = {resolver}()


def seen():
    event = app.current_event
    context = event.request_context
    return {{
        "version": event.version, "route_key": event.route_key, "raw_path": event.raw_path,
        "raw_query": event.raw_query_string, "query": event.query_string_parameters, "cookies": event.cookies,
        "headers": dict(event.headers), "body": event.decoded_body if event.body else None,
        "stage_variables": event.stage_variables, "parameters": event.path_parameters,
        "account": context.account_id, "api": context.api_id, "domain": context.domain_name,
        "prefix": context.domain_prefix, "method": context.http.method, "path": context.http.path,
        "protocol": context.http.protocol, "ip": context.http.source_ip, "agent": context.http.user_agent,
        "request": context.request_id, "stage": context.stage, "time": context.time, "epoch": context.time_epoch}}


@app.route("/tools/users/<name>", method=["GET", "POST"])
def user(name):
    return {{"name": name, **seen()}}


@app.get("/tools/caller")
def caller():
    iam = app.current_event.request_context.authorizer.iam
    return {{"key": iam.access_key, "account": iam.account_id, "id": iam.caller_id, "organisation": iam.principal_org_id,
             "arn": iam.user_arn, "user": iam.user_id, "cognito": iam.cognito_amr}}


@app.get("/tools/missing-response")
def nothing():
    return Response(status_code=204, body="")


@app.get("/slow")
def slow():
    time.sleep(5)
    return "late"


def handler(event, context):
    if event["rawPath"].endswith("/raw"):
        return json_answer(event["queryStringParameters"]["answer"])
    answer = app.resolve(event, context)
    return answer


def json_answer(text):
    import json
    return json.loads(text)
'''


def project(root):
    """The template, and a folder with a bootstrap for each function."""
    (root / "template.yaml").write_text(TEMPLATE)
    for folder, text in {
            "mangum": MANGUM, "powertools": POWERTOOLS.format(resolver="APIGatewayHttpResolver"),
            "powertools-url": POWERTOOLS.format(resolver="LambdaFunctionUrlResolver")}.items():
        (root / folder).mkdir()
        (root / folder / "app.py").write_text(text)
        bootstrap = root / folder / "bootstrap"
        bootstrap.write_text(f"#!/bin/sh\nexec {sys.executable} -m awslambdaric app.handler\n")
        bootstrap.chmod(0o755)
