import LambdaEvents
import Testing

/// Events written by hand: what a handler can do without may be left out, and nothing else.
@Suite struct LenientDecodingTests {
  @Test func aRequestNeedsItsPathAndMethod() throws {
    let event = try decode(#"{"rawPath":"/health","requestContext":{"http":{"method":"GET"}}}"#)
    #expect(event.rawPath == "/health")
    #expect(event.requestContext.http.method == "GET")
    #expect(event.requestContext.stage == "$default")
    #expect(event.headers.isEmpty && event.body == nil && !event.isBase64Encoded)
  }

  @Test(arguments: [
    "{}", #"{"rawPath":"/"}"#, #"{"rawPath":"/","requestContext":{"http":{}}}"#,
    #"{"requestContext":{"http":{"method":"GET"}}}"#,
  ])
  func lessIsRefused(event: String) {
    #expect(throws: (any Error).self) { try decode(event) }
  }

  @Test func aMessageNeedsItsIdAndBody() throws {
    let event = try SQSEvent.decode(from: Array(#"{"Records":[{"messageId":"m","body":"b"}]}"#.utf8))
    #expect(event.records.map(\.body) == ["b"])
    #expect(event.records[0].messageGroupID == nil)
    #expect(throws: (any Error).self) { try SQSEvent.decode(from: Array(#"{"Records":[{"messageId":"m"}]}"#.utf8)) }
  }

  @discardableResult
  private func decode(_ event: String) throws -> HTTPRequestEvent {
    try HTTPRequestEvent.decode(from: Array(event.utf8))
  }
}
