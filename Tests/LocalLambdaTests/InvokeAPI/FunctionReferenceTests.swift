import Testing

@testable import LocalLambda

@Suite struct FunctionReferenceTests {
  @Test(
    arguments: [
      ("my-function", "my-function", nil, nil, nil), ("my.function_1:$LATEST", "my.function_1", "$LATEST", nil, nil),
      ("f:7", "f", "7", nil, nil), ("function:f:prod", "f", "prod", nil, nil),
      ("123456789012:function:f", "f", nil, nil, "123456789012"), ("123456789012:f:1", "f", "1", nil, "123456789012"),
      ("eu-west-1:123456789012:function:f", "f", nil, "eu-west-1", "123456789012"),
      ("arn:aws:lambda:us-gov-west-1:123456789012:function:f:1", "f", "1", "us-gov-west-1", "123456789012"),
      ("arn:aws-cn:lambda:cn-north-1:123456789012:function:f", "f", nil, "cn-north-1", "123456789012"),
      ("function:$LATEST", "function", "$LATEST", nil, nil), ("function", "function", nil, nil, nil),
      ("us-east-1", "us-east-1", nil, nil, nil), ("123456789012", "123456789012", nil, nil, nil),
    ] as [(String, String, String?, String?, String?)])
  func takesAllForms(text: String, name: String, qualifier: String?, region: String?, account: String?) throws {
    let reference = try #require(FunctionReference(text))
    #expect(reference.name == name)
    #expect(reference.qualifier == qualifier)
    #expect(reference.region == region)
    #expect(reference.accountID == account)
  }

  @Test(arguments: [
    "", ":", "f:", ":f", "a:b:c:d", "a b", "f:a.b", "arn:aws:sqs:us-east-1:123456789012:f", "f:$OLDEST", "ü",
    "arn:aws:lambda:us-east-1:123456789012:function:f:1:2",
  ])
  func takesNothingElse(text: String) {
    #expect(FunctionReference(text) == nil)
  }
}
