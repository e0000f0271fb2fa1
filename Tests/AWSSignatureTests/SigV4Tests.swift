import Testing

@testable import AWSSignature

/// Signatures against those of botocore 1.43.11 (`SigV4Auth` with its clock held).
@Suite struct SigV4Tests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let seconds: Int64
    let date: String
    let region: String
    let url: String
    var token: String?
    let body: String
    let signature: String
  }

  static let vectors = [
    Vector(
      testDescription: "plain", seconds: 1_440_938_160, date: "20150830T123600Z", region: "us-east-1",
      url: "https://sqs.us-east-1.amazonaws.com/", body: #"{"QueueUrl":"q","MessageBody":"hello"}"#,
      signature: "d7223c992f0dc6a04cf8c32fb5ba03330558150e11334c859654b95663621ab1"),
    Vector(
      testDescription: "session token", seconds: 1_772_323_199, date: "20260228T235959Z", region: "eu-central-1",
      url: "https://sqs.eu-central-1.amazonaws.com", token: "FwoGZXIvYXdzEBYaD/+token==",
      body: #"{"QueueUrl":"q","MessageBody":"é🎉"}"#,
      signature: "aae6dceeb2255d494e40cf64271d1853a0f98b9d5313b95df461f3230fc06e13"),
    Vector(
      testDescription: "leap day, local port", seconds: 1_709_164_800, date: "20240229T000000Z", region: "eu-west-1",
      url: "http://127.0.0.1:9324/", token: "t", body: "{}",
      signature: "58e64b545c7f3e009b2aa9d70f132b3ce569018a4925a0112f3a1941a1d8261d"),
    Vector(
      testDescription: "the scheme's own port, no body", seconds: 1_735_606_923, date: "20241231T010203Z",
      region: "eu-west-1", url: "http://localhost:80/", body: "",
      signature: "2c33858902c6d964860a27f4530a07d1cc2138943daad63defce1154ee06d2b9"),
    Vector(
      testDescription: "path with escapes", seconds: 920_246_401, date: "19990301T000001Z", region: "ap-southeast-2",
      url: "http://localhost:4566/a%20b/c~d.e_f/", body: String(repeating: "x", count: 5000),
      signature: "96bcf6396f5e4f58d6c0e693dc6cc14022349290cad9393c5feffa25bd91f15a"),
  ]

  @Test(arguments: vectors) func signsAsBotocoreDoes(vector: Vector) throws {
    let credentials = AWSCredentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      sessionToken: vector.token)
    let configuration = try AWSConfiguration(region: vector.region, credentials: credentials, sqsEndpoint: vector.url)
    let headers = SigV4(credentials: credentials, region: vector.region, service: "sqs").sign(
      method: "POST", host: configuration.endpoint.host, path: configuration.endpoint.path,
      headers: [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonSQS.SendMessage")],
      body: Array(vector.body.utf8), at: AWSDate(secondsSinceEpoch: vector.seconds))
    let values = Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
    let token = vector.token == nil ? "" : "x-amz-security-token;"
    #expect(values["X-Amz-Date"] == vector.date)
    #expect(values["X-Amz-Security-Token"] == vector.token)
    #expect(
      values["Authorization"]
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(vector.date.prefix(8))/\(vector.region)/sqs/aws4_request, "
        + "SignedHeaders=content-type;host;x-amz-date;\(token)x-amz-target, Signature=\(vector.signature)")
  }
}
