import Testing

@testable import AWSSignature

@Suite struct AWSConfigurationTests {
  private static let complete = [
    "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret",
  ]

  private func endpoint(_ additions: [String: String]) throws -> String {
    let environment = Self.complete.merging(additions) { $1 }
    return try AWSConfiguration(environment: { environment[$0] }).endpoint.url
  }

  @Test func theEndpointIsAmazonsUnlessTheEnvironmentNamesAnother() throws {
    #expect(try endpoint([:]) == "https://sqs.eu-central-1.amazonaws.com/")
    #expect(try endpoint(["AWS_REGION": "cn-north-1"]) == "https://sqs.cn-north-1.amazonaws.com.cn/")
    #expect(try endpoint(["AWS_ENDPOINT_URL": "http://127.0.0.1:4566"]) == "http://127.0.0.1:4566/")
    #expect(
      try endpoint(["AWS_ENDPOINT_URL": "http://a:1", "AWS_ENDPOINT_URL_SQS": "http://b:2/x"]) == "http://b:2/x")
    #expect(try endpoint(["AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_SQS": ""]).hasSuffix(".amazonaws.com/"))
  }

  @Test func readsTheRegionsOlderNameAndTheToken() throws {
    let environment = Self.complete.merging(["AWS_REGION": "", "AWS_DEFAULT_REGION": "us-west-2"]) { $1 }
    let configuration = try AWSConfiguration { $0 == "AWS_SESSION_TOKEN" ? "token" : environment[$0] }
    #expect(configuration.region == "us-west-2")
    #expect(configuration.credentials.sessionToken == "token")
    #expect(!"\(configuration)".contains("secret") && !"\(configuration)".contains("token"))
  }

  @Test(arguments: ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
  func aMissingVariableIsNamed(variable: String) {
    for value in [nil, ""] {
      let error = #expect(throws: AWSConfigurationError.self) {
        try AWSConfiguration { $0 == variable ? value : Self.complete[$0] }
      }
      #expect(error?.variable == variable)
      #expect(error?.description.hasPrefix(variable) == true)
    }
  }

  @Test(arguments: [
    ("AWS_REGION", "eu central"), ("AWS_REGION", "x.evil.example/"), ("AWS_ENDPOINT_URL", "localhost:9324"),
    ("AWS_ENDPOINT_URL_SQS", "ftp://host/"), ("AWS_ENDPOINT_URL_SQS", "http://"),
    ("AWS_ENDPOINT_URL_SQS", "http://user:pw@host/"), ("AWS_ENDPOINT_URL_SQS", "http://host/?a=b"),
  ])
  func aMalformedVariableIsNamed(variable: String, value: String) {
    let error = #expect(throws: AWSConfigurationError.self) {
      try AWSConfiguration { $0 == variable ? value : Self.complete[$0] }
    }
    #expect(error?.variable == variable)
  }
}
