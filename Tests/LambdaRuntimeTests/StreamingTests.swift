import Foundation
import JSON
import Testing

@Suite("A streamed answer")
struct StreamingTests {
  @Test("arrives in chunks, announced as a stream")
  func chunks() async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      let posted = try connection.exchange(#"{"mode":"stream","chunks":3,"bytes":70000}"#)
      #expect(posted.path == "/invocation/r-1/response")
      #expect(posted.headers["lambda-runtime-function-response-mode"] == "streaming")
      #expect(posted.headers["content-length"] == nil)
      #expect(posted.headers["content-type"] == "text/plain")
      #expect(posted.trailers.isEmpty)
      #expect(try connection.exchange("[1]").body == "[1]", "the connection is kept")
      return posted.body.utf8.count
    }
    #expect(run.value == 210_000)
  }

  @Test("may be empty")
  func empty() async throws {
    let run = try await runFunction { server, _ in
      let posted = try server.accept().exchange(#"{"mode":"stream","chunks":0}"#)
      return [posted.path, posted.body]
    }
    #expect(run.value == ["/invocation/r-1/response", ""])
  }

  @Test("that fails in the middle says so in its trailers")
  func failsLate() async throws {
    let run = try await runFunction { server, _ in
      let posted = try server.accept().exchange(#"{"mode":"streamError","chunks":2}"#)
      #expect(posted.body == "xx")
      #expect(
        posted.headers["trailer"] == "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
      #expect(posted.trailers["lambda-runtime-function-error-type"] == "Function.EchoError")
      return posted.trailers["lambda-runtime-function-error-body"] ?? ""
    }
    let body = try #require(Data(base64Encoded: run.value))
    #expect(
      try JSONValue(parsing: body)
        == ["errorMessage": "failed in the middle of the stream", "errorType": "EchoError", "stackTrace": []])
  }

  @Test("that fails before its first byte is an error like any other")
  func failsEarly() async throws {
    let run = try await runFunction { server, _ in
      try server.accept().exchange(#"{"mode":"streamError","chunks":0}"#).path
    }
    #expect(run.value == "/invocation/r-1/error")
  }

  @Test("to nobody costs only itself")
  func cutOff() async throws {
    let run = try await runFunction { server, _ in
      do {
        let connection = try server.accept()
        try connection.give(#"{"mode":"stream","chunks":1000,"bytes":100000}"#)
        try connection.waitForBytes()
      }
      return try server.accept().exchange("[1]").body
    }
    #expect(run.value == "[1]")
    #expect(run.log.contains("the answer was cut off"))
  }
}
