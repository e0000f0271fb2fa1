import JSON
import TestSupport
import Testing

@testable import LocalLambda

/// What is asked about functions, with AWS's own client.
@Suite(.enabled(if: Python.has("boto3"))) struct FunctionDescriptionTests {
  @Test func boto3LearnsTheTruth() async throws {
    try await EventFixture.run(first: {
      $0.maximumConcurrency = 7
      $0.deadLetterTargetARN = EventFixture.letters
      $0.environment = ["A": "1"]
      $0.logging.format = .json
      $0.logging.applicationLevel = .debug
      $0.details.runtime = "provided.al2"
      $0.details.description = "The first."
      $0.details.tags = ["team": "blue"]
      $0.details.ephemeralStorageMB = 1024
      $0.details.architecture = "arm64"
    }) { fixture in
      let output = try await Python.run(
        Self.script, "http://127.0.0.1:\(fixture.port)", BuiltProducts.program("echo-function"))
      #expect(output.hasSuffix("done\n"), "\(output)")
    }
  }

  private static let script = """
    import base64, boto3, datetime, hashlib, os, sys
    from botocore.config import Config
    url, program = sys.argv[1:]
    client = boto3.client("lambda", endpoint_url=url, region_name="us-east-1", aws_access_key_id="x",
                          aws_secret_access_key="y", config=Config(retries={"total_max_attempts": 1}))
    def refused(code, text, call, **parameters):
        try:
            call(**parameters)
        except client.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == code and text in str(error), error.response
            return error.response
        else:
            raise SystemExit("not refused: " + code)
    name = {"FunctionName": "first"}
    arn = "arn:aws:lambda:us-east-1:000000000000:function:"
    for waiter in ("function_active", "function_active_v2", "function_exists", "function_updated_v2"):
        client.get_waiter(waiter).wait(**name)
    one = client.get_function(**name)
    configuration = one["Configuration"]
    assert one["Concurrency"] == {"ReservedConcurrentExecutions": 7}, one
    assert client.get_function_concurrency(**name)["ReservedConcurrentExecutions"] == 7
    assert configuration["CodeSize"] == os.path.getsize(program), configuration
    digest = hashlib.sha256(open(program, "rb").read()).digest()
    assert base64.b64decode(configuration["CodeSha256"]) == digest, configuration
    modified = datetime.datetime.strptime(configuration["LastModified"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
    assert abs(modified - os.path.getmtime(program)) < 1, configuration
    assert configuration["DeadLetterConfig"] == {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:letters"}
    assert configuration["Environment"] == {"Variables": {"A": "1"}}, configuration
    assert configuration["Runtime"] == "provided.al2", configuration
    assert configuration["Description"] == "The first.", configuration
    assert configuration["EphemeralStorage"] == {"Size": 1024}, configuration
    assert configuration["Architectures"] == ["arm64"], configuration
    assert configuration["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "/aws/lambda/first",
                                              "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "INFO"}, configuration
    assert one["Tags"] == {"team": "blue"}, one
    again = client.get_function_configuration(FunctionName=arn + "first", Qualifier="$LATEST")
    assert again["RevisionId"] == configuration["RevisionId"] and len(again["RevisionId"]) == 36, again
    other = client.get_function_configuration(FunctionName="second")
    assert other["RevisionId"] != again["RevisionId"] and other["CodeSha256"] == again["CodeSha256"], other
    assert other["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/second"}, other
    pages = list(client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1}))
    assert [[f["FunctionName"] for f in page["Functions"]] for page in pages] == [["first"], ["second"]], pages
    assert "NextMarker" not in client.list_functions(MaxItems=2)
    refused("ValidationException", "maxItems", client.list_functions, Marker="", MaxItems=10001)
    assert [v["Version"] for v in client.list_versions_by_function(**name)["Versions"]] == ["$LATEST"]
    assert client.list_aliases(**name)["Aliases"] == []
    assert client.list_tags(Resource=arn + "first")["Tags"] == {"team": "blue"}
    assert client.list_tags(Resource=arn + "second")["Tags"] == {}
    refused("ResourceNotFoundException", "does not exist", client.get_policy, **name)
    for call in (client.get_function, client.get_function_configuration, client.get_policy,
                 client.get_function_concurrency, client.invoke, client.get_function_event_invoke_config):
        refused("ResourceNotFoundException", "Function not found: " + arn + "nobody", call, FunctionName="nobody")
    refused("ResourceNotFoundException", arn + "first:7", client.invoke, Qualifier="7", **name)
    refused("ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
            client.invoke, FunctionName=arn.replace("us-east-1", "eu-west-1") + "first")
    denied = refused("AccessDeniedException", "not authorized to perform: lambda:InvokeFunction on resource: arn",
                     client.invoke, FunctionName="123456789012:function:first")
    assert denied["ResponseMetadata"]["HTTPStatusCode"] == 403, denied
    refused("InvalidParameterValueException", "derived qualifier", client.invoke, FunctionName="first:1", Qualifier="2")
    assert client.invoke(InvocationType="DryRun", **name)["StatusCode"] == 204
    refused("InvalidParameterValueException", "'invocationType'", client.invoke_with_response_stream,
            InvocationType="Event", **name)
    print("done")
    """

  @Test(arguments: [
    ("text/plain", 415), ("image/png", 415), ("application/xml", 415), ("application/json; charset=utf-8", 200),
    ("application/x-amz-json-1.0", 200), ("binary/octet-stream", 200), ("application/x-www-form-urlencoded", 200),
  ])
  func anEventIsJSON(type: String, status: Int) async throws {
    try await EventFixture.run { fixture in
      let response = try await fixture.lambda.send(
        "POST", "/2015-03-31/functions/first/invocations", headers: [("Content-Type", type)], body: Array("1".utf8))
      #expect(response.status == status)
      if status == 415 { #expect(response.header("x-amzn-errortype") == "UnsupportedMediaTypeException") }
    }
  }
}
