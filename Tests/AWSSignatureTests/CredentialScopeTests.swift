import AWSSignature
import Testing

/// What a request says about who signed it.
@Suite struct CredentialScopeTests {
  @Test func aFieldOfASignedRequestIsRead() throws {
    let scope = try #require(
      CredentialScope(
        authorization: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261126/eu-central-1/sqs/aws4_request, "
          + "SignedHeaders=host;x-amz-date, Signature=0123"))
    #expect(scope.accessKeyID == "AKIDEXAMPLE")
    #expect(scope.region == "eu-central-1")
    #expect(scope.service == "sqs")
    #expect(scope == CredentialScope("AKIDEXAMPLE/20261126/eu-central-1/sqs/aws4_request"))
  }

  @Test func theOrderOfTheParametersIsFree() {
    let scope = CredentialScope(
      authorization: "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=C0ffee,Credential=k/1/r/s/aws4_request")
    #expect(scope == CredentialScope("k/1/r/s/aws4_request"))
  }

  @Test func aKeyMayHoldSlashes() {
    #expect(CredentialScope("a/b//c/20261126/us-east-1/sqs/aws4_request")?.accessKeyID == "a/b//c")
  }

  @Test func whatASignerMadeIsRead() throws {
    let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret", sessionToken: "token")
    let headers = SigV4(credentials: credentials, region: "us-west-2", service: "sqs").sign(
      method: "POST", host: "localhost", path: "/", headers: [], body: [], at: AWSDate(secondsSinceEpoch: 0))
    let field = try #require(headers.first { $0.name == "Authorization" })
    #expect(CredentialScope(authorization: field.value) == CredentialScope("AKID/19700101/us-west-2/sqs/aws4_request"))
  }

  @Test(
    arguments: [
      "", "AKID", "AKID/20261126/us-east-1/sqs", "AKID/20261126/us-east-1/sqs/aws2_request",
      "20261126/us-east-1/sqs/aws4_request", "/20261126/us-east-1/sqs/aws4_request", "AKID/20261126//sqs/aws4_request",
      "AKID/20261126/us-east-1/sqs/aws4_request/",
    ])
  func anythingElseIsNoScope(text: String) {
    #expect(CredentialScope(text) == nil)
    #expect(CredentialScope(authorization: "AWS4-HMAC-SHA256 Credential=\(text), Signature=0") == nil)
  }

  @Test(
    arguments: [
      "", "Bearer abc", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential", "AWS4-HMAC-SHA256 Signature=0",
      "AWS3 Credential=AKID/20261126/us-east-1/sqs/aws4_request",
    ])
  func anotherFieldIsNoSignature(field: String) {
    #expect(CredentialScope(authorization: field) == nil)
  }
}
