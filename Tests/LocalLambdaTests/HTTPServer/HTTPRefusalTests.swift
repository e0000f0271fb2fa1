import NIOHTTP1
import Testing

@testable import LocalLambda

/// Requests that no proper client would send: each is refused with its status, and nothing behind it is believed.
@Suite(.timeLimit(.minutes(2))) struct HTTPRefusalTests {
  struct Request: CustomTestStringConvertible, Sendable {
    let name: String
    let status: Int
    let bytes: String
    var testDescription: String { name }

    init(_ name: String, _ status: Int, _ bytes: String) {
      (self.name, self.status, self.bytes) = (name, status, bytes)
    }
  }

  /// A request that somebody tries to hide behind another one.
  static let smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n"

  @Test(arguments: [
    Request("no HTTP at all", 400, "no http at all\r\n\r\n"),
    Request("no version", 505, "GET /\r\n\r\n"),
    Request("a blank in the target", 400, "GET /a b HTTP/1.1\r\nhost: x\r\n\r\n"),
    Request("a target of no form", 400, "GET x HTTP/1.1\r\nhost: x\r\n\r\n"),
    Request("another scheme", 400, "GET ftp://x/y HTTP/1.1\r\nhost: x\r\n\r\n"),
    Request("a user in the target", 400, "GET http://a@b/ HTTP/1.1\r\nhost: x\r\n\r\n"),
    Request("no host", 400, "GET / HTTP/1.1\r\n\r\n"),
    Request("two hosts", 400, "GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n"),
    Request("two hosts of HTTP/1.0", 400, "GET / HTTP/1.0\r\nhost: x\r\nhost: y\r\n\r\n"),
    Request(
      "length and chunks", 400,
      "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    Request(
      "chunks and length", 400,
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n"),
    Request("two lengths", 400, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd"),
    Request("a list of lengths", 400, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3, 3\r\n\r\nabc"),
    Request("a negative length", 400, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n"),
    Request("a length with a sign", 400, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +3\r\n\r\nabc"),
    Request("a length in hexadecimal", 400, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0x3\r\n\r\nabc"),
    Request(
      "a length that overflows", 400, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 18446744073709551617\r\n\r\na"),
    Request("a blank in a name", 400, "GET / HTTP/1.1\r\nhost: x\r\nbad name: 1\r\n\r\n"),
    Request("a blank before the colon", 400, "POST / HTTP/1.1\r\nhost: x\r\ncontent-length : 3\r\n\r\nabc"),
    Request("a folded line", 400, "GET / HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n folded: 2\r\n\r\n"),
    Request("a line without a colon", 400, "GET / HTTP/1.1\r\nhost: x\r\nnonsense\r\n\r\n"),
    Request("an empty name", 400, "GET / HTTP/1.1\r\nhost: x\r\n: 1\r\n\r\n"),
    Request("a NUL in a value", 400, "GET / HTTP/1.1\r\nhost: x\r\nx-a: 1\0\r\n\r\n"),
    Request("a bare CR in a value", 400, "GET / HTTP/1.1\r\nhost: x\r\nx-a: 1\rx-b: 2\r\n\r\n"),
    Request("a bare line feed behind the version", 505, "GET / HTTP/1.1\nhost: x\n\n"),
    Request("a bare line feed behind a field", 400, "GET / HTTP/1.1\r\nhost: x\nx-a: 1\r\n\r\n"),
    Request("chunks of HTTP/1.0", 400, "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    Request(
      "a chunk size that is no number", 400, "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
    Request(
      "a chunk size with 0x", 400,
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"),
    Request(
      "a negative chunk size", 400,
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n"),
    Request(
      "a chunk size that overflows", 400,
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n"),
    Request(
      "a chunk longer than its size", 400,
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n"),
    Request(
      "an unknown expectation", 417, "POST / HTTP/1.1\r\nhost: x\r\nexpect: a-miracle\r\ncontent-length: 3\r\n\r\nabc"),
    Request("gzip as transfer coding", 501, "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n"),
    Request(
      "gzip inside chunks", 501, "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    Request(
      "gzip and chunks in two fields", 501,
      "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    Request(
      "an unknown transfer coding", 501, "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n"),
    Request("a tunnel", 501, "CONNECT x:80 HTTP/1.1\r\nhost: x\r\n\r\n"),
    Request("HTTP/2 without its preface", 505, "GET / HTTP/2.0\r\nhost: x\r\n\r\n"),
    Request("HTTP/2's preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Request("HTTP/3", 505, "GET / HTTP/3.0\r\nhost: x\r\n\r\n"),
  ])
  func isAnsweredAndEndsTheConnection(request: Request) async throws {
    let text = try await HTTPServerFixture.answer(to: request.bytes + Self.smuggled)
    #expect(text.hasPrefix("HTTP/1.1 \(request.status) "), "\(text)")
    #expect(text.contains("connection: close\r\n"))
    #expect(!text.contains(" 200 "), "\(text)")
  }

  @Test func whatCameBeforeIsAnsweredFirst() async throws {
    let text = try await HTTPServerFixture.answer(
      to: "GET /slow HTTP/1.1\r\nhost: x\r\n\r\nGET /two HTTP/1.1\r\nhost: x\r\n\r\nnonsense\r\n\r\n")
    #expect(text.contains("GET /slow HTTP/1.1 200 OK"))
    #expect(text.contains("GET /two HTTP/1.1 400 Bad Request"))
  }

  @Test func aHeadThatIsTooLargeIsRefused() async throws {
    var limits = HTTPLimits()
    limits.headBytes = 10_000
    limits.targetBytes = 1_000
    limits.fieldCount = 20
    let long = String(repeating: "x", count: 11_000)
    let field = try await HTTPServerFixture.answer(
      to: "GET / HTTP/1.1\r\nhost: x\r\nx: \(long)\r\n\r\n", limits: limits)
    #expect(field.hasPrefix("HTTP/1.1 431 "))
    var fields = ""
    for number in 0..<30 { fields += "x-\(number): 1\r\n" }
    let many = try await HTTPServerFixture.answer(to: "GET / HTTP/1.1\r\nhost: x\r\n\(fields)\r\n", limits: limits)
    #expect(many.hasPrefix("HTTP/1.1 431 "))
    let target = try await HTTPServerFixture.answer(
      to: "GET /\(long.prefix(2_000)) HTTP/1.1\r\nhost: x\r\n\r\n", limits: limits)
    #expect(target.hasPrefix("HTTP/1.1 414 "))
    let trailers = try await HTTPServerFixture.answer(
      to: "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: \(long)\r\n\r\n", limits: limits)
    #expect(trailers.hasPrefix("HTTP/1.1 431 "))
  }

  @Test func aCallerThatAsksForAnotherProtocolIsAnsweredInThisOne() async throws {
    let text = try await HTTPServerFixture.answer(
      to:
        "GET /x HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n\r\n"
    )
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(text.contains("connection: close\r\n"))
    #expect(text.hasSuffix("GET /x "))
  }
}
