import JSON
import LambdaEvents
import Testing

@Suite struct HTTPEventTests {
  private func event(body: String?, isBase64Encoded: Bool = false) -> HTTPRequestEvent {
    HTTPRequestEvent(
      rawPath: "/", body: body, isBase64Encoded: isBase64Encoded,
      requestContext: .init(
        http: .init(method: "POST", path: "/"), requestId: "r", time: "12/Mar/2020:19:03:58 +0000", timeEpoch: 1))
  }

  @Test(arguments: [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("4oKs", "€")])
  func base64(encoded: String, text: String) throws {
    #expect(try event(body: encoded, isBase64Encoded: true).bodyBytes() == Array(text.utf8))
  }

  @Test(arguments: ["Zg", "Zg=", "Z===", "Zm9v!mFy", "Zm 9v", "Zm9-", "====", "é==="])
  func whatIsNotBase64IsRefused(encoded: String) {
    #expect(throws: InvalidBase64.self) { try event(body: encoded, isBase64Encoded: true).bodyBytes() }
  }

  @Test func textBodyIsItsBytes() throws {
    #expect(try event(body: "Zg==").bodyBytes() == Array("Zg==".utf8))
    #expect(try event(body: nil).bodyBytes().isEmpty)
  }

  @Test func authorizersOfLambdaAndIAM() throws {
    let lambda = #"{"lambda":{"tier":12345678901234567890.0,"flags":[true,null]}}"#
    let authorizer = try JSONCoding.decode(HTTPRequestEvent.Authorizer.self, from: Array(lambda.utf8))
    #expect(String(decoding: try JSONCoding.encode(authorizer), as: UTF8.self) == lambda)

    let iam = #"""
      {"accessKey":"AKIA","accountId":"1","callerId":"c","userArn":"arn","userId":"u","principalOrgId":null,
       "cognitoIdentity":{"amr":["foo"],"identityId":"i","identityPoolId":"p"}}
      """#
    let decoded = try JSONCoding.decode(HTTPRequestEvent.Authorizer.IAM.self, from: Array(iam.utf8))
    #expect(decoded.cognitoIdentity?.amr == ["foo"])
    #expect(decoded.principalOrgId == nil)
  }

  @Test(arguments: ["", "{", "[]", "{}", #"{"Records":{}}"#, #"{"Records":[{}]}"#, #"{"Records":[{"messageId":1}]}"#])
  func whatIsNoSQSEventIsRefused(text: String) {
    #expect(throws: (any Error).self) { try SQSEvent.decode(from: Array(text.utf8)) }
  }

  @Test func batchAnswer() throws {
    let answer = SQSBatchResponse(batchItemFailures: [.init(itemIdentifier: "a")])
    #expect(
      String(decoding: try answer.encoded(), as: UTF8.self) == #"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#)
    #expect(String(decoding: try SQSBatchResponse().encoded(), as: UTF8.self) == #"{"batchItemFailures":[]}"#)
  }
}
