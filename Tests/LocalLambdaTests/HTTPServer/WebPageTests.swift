import JSON
import Testing

@testable import LocalLambda

/// What a web page has a browser send, where a signature would stop it on AWS.
@Suite(.timeLimit(.minutes(2))) struct WebPageTests {
  @Test(
    arguments: [
      (nil, nil), (nil, "none"), (nil, "same-origin"), ("http://localhost:3000", "same-site"),
      ("http://app.localhost", nil), ("https://127.0.0.1:8443", "cross-site"), ("http://127.1.2.3", nil),
      ("http://[::1]:3000", nil), ("HTTP://LOCALHOST", nil),
    ] as [(String?, String?)])
  func programsAndPagesOfThisMachineAreServed(origin: String?, fetchSite: String?) {
    #expect(!WebPage(origin: origin, fetchSite: fetchSite).isForeign)
  }

  @Test(
    arguments: [
      ("https://example.com", nil), ("null", nil), ("", nil), (nil, "cross-site"),
      ("http://localhost.example.com", nil),
      ("http://127.0.0.1.example.com", nil), ("http://notlocalhost", nil), ("http://127.0.0", nil),
      ("http://192.168.1.2:3000", "cross-site"), ("http://[::2]", nil), ("http://localhost@example.com", nil),
    ] as [(String?, String?)])
  func pagesOfOthersAreNot(origin: String?, fetchSite: String?) {
    #expect(WebPage(origin: origin, fetchSite: fetchSite).isForeign)
  }

  /// Each of these a page may send without asking first: a form, and an image.
  @Test func theQueuesAreNotForThem() async throws {
    try await QueueServerFixture.run { sqs in
      let path = "/000000000000/q"
      _ = try await sqs.query("Action=CreateQueue&QueueName=q")
      let form = try await sqs.send(
        "POST", path, [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://example.com")],
        Array("Action=SendMessage&MessageBody=x".utf8))
      #expect(form.status == 403)
      #expect(form.text.contains("<Code>AccessDenied</Code>") && form.text.contains("Pages of other sites"))
      let image = try await sqs.send(
        "GET", path + "?Action=SendMessage&MessageBody=x", [("sec-fetch-site", "cross-site")], [])
      #expect(image.status == 403)
      let look = try await sqs.send("GET", "/_lambda-local/queues", [("origin", "null")], [])
      #expect(look.status == 403)
      let own = try await sqs.send(
        "POST", "/",
        [
          ("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.GetQueueAttributes"),
          ("origin", "http://localhost:3000"),
        ],
        Array(#"{"QueueUrl":"q","AttributeNames":["ApproximateNumberOfMessages"]}"#.utf8))
      #expect(own.json?["Attributes"]?["ApproximateNumberOfMessages"] == "0", "\(own.text)")
    }
  }

  @Test func functionsAreNotForThem() async throws {
    try await EchoFixture.run(attached: true) { fixture in
      let foreign = try await fixture.invoke(
        "1", headers: [("content-type", "text/plain"), ("origin", "https://example.com")])
      #expect(foreign.status == 403)
      #expect(foreign.header("x-amzn-errortype") == "AccessDeniedException")
      let image = try await fixture.lambda.send(
        "GET", "/2018-06-01/runtime/invocation/next", headers: [("sec-fetch-site", "cross-site")])
      #expect(image.status == 403, "it would take the next event")
      #expect(try await fixture.invoke("1", headers: [("origin", "http://localhost:3000")]).text == "1")
    }
  }
}
