import Foundation
import JSON
import Testing

@Suite("An event")
struct InvocationTests {
  @Test("is handed to the function and its answer back, over one connection")
  func echo() async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      return try ["[1]", #"{"a":"ü"}"#, "", String(repeating: "x", count: 1_000_000)].enumerated().map {
        let posted = try connection.exchange($1, id: "r-\($0)")
        #expect(posted.line == "POST /2018-06-01/runtime/invocation/r-\($0)/response HTTP/1.1")
        #expect(posted.headers["content-type"] == "application/json")
        #expect(posted.headers["content-length"] == "\($1.utf8.count)")
        #expect(posted.headers["host"] == server.address)
        #expect(posted.headers["lambda-runtime-invocation-id"] == nil)
        return posted.body == $1
      }
    }
    #expect(run.value == [true, true, true, true])
  }

  @Test("comes with its context")
  func context() async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      return [
        try connection.exchange(
          #"{"mode":"context"}"#, id: "8476a536",
          headers: [
            "lambda-runtime-trace-id": "Root=1-5bef4de7;Sampled=1",
            "LAMBDA-RUNTIME-CLIENT-CONTEXT": #"{"custom":{"k":"ü"}}"#,
            "Lambda-Runtime-Cognito-Identity": #"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#,
            "Lambda-Runtime-Aws-Tenant-Id": "blue",
          ]
        ).body,
        try connection.exchange(#"{"mode":"context"}"#, id: "second").body,
      ]
    }
    let full = try JSONValue(parsing: run.value[0])
    #expect(full["requestID"] == "8476a536")
    #expect(full["traceID"] == "Root=1-5bef4de7;Sampled=1")
    #expect(full["traceVariable"] == "Root=1-5bef4de7;Sampled=1")
    #expect(full["invokedFunctionARN"] == "arn:aws:lambda:us-east-1:123456789012:function:echo")
    #expect(full["clientContext"] == ["custom": ["k": "ü"]])
    #expect(full["cognitoIdentityID"] == "i")
    #expect(full["cognitoIdentityPoolID"] == "p")
    #expect(full["tenantID"] == "blue")
    let remaining = try #require(full["remainingMilliseconds"]?.int64Value)
    #expect((1...30_000).contains(remaining))

    let bare = try JSONValue(parsing: run.value[1])
    for name in ["traceID", "traceVariable", "clientContext", "cognitoIdentityID", "tenantID"] {
      #expect(bare[name] == .null, "nothing is left of the event before")
    }
  }

  @Test("has its invocation id echoed on answers, errors and streams")
  func invocationID() async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      return try ["1", #"{"mode":"throw"}"#, #"{"mode":"stream"}"#].map {
        try connection.exchange($0, headers: ["Lambda-Runtime-Invocation-Id": "nonce"]).headers[
          "lambda-runtime-invocation-id"]
      }
    }
    #expect(run.value == ["nonce", "nonce", "nonce"])
  }

  @Test("may be finished by another thread")
  func resumedElsewhere() async throws {
    let event = #"{"mode":"wait","milliseconds":10}"#
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      return try (0..<3).map { _ in try connection.exchange(event).body }
    }
    #expect(run.value == [event, event, event])
  }

  @Test("is answered on a new connection when the Runtime API closed the old one meanwhile")
  func closedBetween() async throws {
    let run = try await runFunction { server, _ in
      do { try server.accept().give("1") }
      let connection = try server.accept()
      let posted = try connection.nextRequest()
      connection.answer(202)
      try connection.give("2")
      return posted.path
    }
    #expect(run.value == "/invocation/r-1/response")
  }

  @Test("several at once are worked on at once, each over its own connection")
  func concurrency() async throws {
    let run = try await runFunction(["AWS_LAMBDA_MAX_CONCURRENCY": "3", "_X_AMZN_TRACE_ID": "before"]) { server, _ in
      let connections = try (0..<3).map { _ in try server.accept() }
      // All three are held by the function before any is answered, and the last one is answered first.
      for (index, connection) in connections.enumerated() {
        try connection.give(
          #"{"mode":"context"}"#, id: "r-\(index)", headers: ["Lambda-Runtime-Trace-Id": "Root=\(index)"])
      }
      let bodies = try connections.reversed().map { connection in
        let posted = try connection.nextRequest()
        connection.answer(202)
        return posted.body
      }
      // One that hangs does not keep the others from going on.
      try connections[0].give(#"{"mode":"hang"}"#)
      return bodies + [try connections[1].exchange("[1]").body, try connections[2].exchange("[2]").body]
    }
    for index in 0..<3 {
      let body = try JSONValue(parsing: run.value[2 - index])
      #expect(body["requestID"] == .string("r-\(index)"))
      #expect(body["traceID"] == .string("Root=\(index)"))
      #expect(body["traceVariable"] == "before", "one variable cannot tell three traces apart")
    }
    #expect(run.value.suffix(2) == ["[1]", "[2]"])
  }
}
