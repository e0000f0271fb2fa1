import JSON
import Subprocess
import Testing

@testable import LambdaRuntime

@Suite("A failure")
struct FailureTests {
  @Test("of the handler is reported with its type, and the next event is taken")
  func handlerThrows() async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      let failed = try connection.exchange(#"{"mode":"throw","errorType":"OutOfStock","message":"no \"tea\"\n"}"#)
      let plain = try connection.exchange(#"{"mode":"throw","plain":true}"#, id: "r-2")
      #expect(failed.path == "/invocation/r-1/error")
      #expect(failed.headers["lambda-runtime-function-error-type"] == "Function.OutOfStock")
      #expect(plain.headers["lambda-runtime-function-error-type"] == "Function.PlainError")
      return [failed.body, plain.body, try connection.exchange("[]").body]
    }
    #expect(
      try JSONValue(parsing: run.value[0])
        == ["errorMessage": "no \"tea\"\n", "errorType": "OutOfStock", "stackTrace": []])
    #expect(
      try JSONValue(parsing: run.value[1])
        == ["errorMessage": "an error of no special kind", "errorType": "PlainError", "stackTrace": []])
    #expect(run.value[2] == "[]")
    #expect(run.logLines.contains { $0["requestId"] == "r-1" && $0["errorType"] == "OutOfStock" })
  }

  @Test("to take an answer is survived", arguments: [400, 403, 410, 413])
  func refused(status: Int) async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      for event in ["1", #"{"mode":"throw"}"#, #"{"mode":"stream"}"#] {
        try connection.give(event)
        _ = try connection.nextRequest()
        connection.answer(status, #"{"errorMessage":"no","errorType":"InvokeTimeout"}"#)
      }
      return try connection.exchange("[2]").body
    }
    #expect(run.value == "[2]")
    let warnings = run.logLines.filter { $0["level"] == "WARN" && $0["status"] == "\(status)" }
    #expect(warnings.count == 3)
    #expect(warnings.allSatisfy { $0["answer"]?.contains("InvokeTimeout") == true && $0["requestId"] == "r-1" })
  }

  @Test(
    "of the Runtime API itself ends the process with a reason",
    arguments: [
      (500, "500"), (403, "403"), (302, "302"),
    ])
  func nextFails(status: Int, reason: String) async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      _ = try connection.nextRequest()
      connection.answer(status, "container error")
      #expect(try connection.request() == nil, "no second attempt")
    }
    #expect(run.status == .exited(69))
    #expect(run.log.contains("answered \(reason) container error"))
  }

  @Test("with 500 to take an answer ends the process")
  func answerFails() async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      try connection.give("1")
      _ = try connection.nextRequest()
      connection.answer(500)
    }
    #expect(run.status == .exited(69))
  }

  @Test("of the connection ends the process with a reason")
  func lost() async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      _ = try connection.exchange("1")
      _ = try connection.nextRequest()
      server.stop()
    }
    #expect(run.status == .exited(69))
    #expect(run.log.contains("waiting for the next event"))
    #expect(run.logLines.last?["level"] == "FATAL")
  }

  @Test("to find a Runtime API at its address ends the process with a reason")
  func nobodyThere() async throws {
    let run = try await runFunction { server, _ in server.stop() }
    #expect(run.status == .exited(69))
    #expect(run.log.contains("127.0.0.1:"))
  }

  @Test(
    "to follow the protocol is told",
    arguments: [
      ("Lambda-Runtime-Aws-Request-Id", ""), ("Lambda-Runtime-Aws-Request-Id", "a b"),
      ("Lambda-Runtime-Deadline-Ms", "soon"), ("Lambda-Runtime-Cognito-Identity", "{"),
    ])
  func malformed(header: String, value: String) async throws {
    let run = try await runFunction { server, _ in
      let connection = try server.accept()
      try connection.give("1", headers: [header: value])
      #expect(try connection.request() == nil)
    }
    #expect(run.status == .exited(69))
    #expect(run.log.contains(header))
  }

  @Test("of the initialisation is reported, and the process ends")
  func initialization() async throws {
    let run = try await runFunction(["ECHO_INIT": "fail"]) { server, _ in
      let connection = try server.accept()
      let posted = try connection.nextRequest()
      connection.answer(202)
      #expect(posted.path == "/init/error")
      #expect(posted.headers["lambda-runtime-function-error-type"] == "Function.NotReady")
      #expect(try connection.request() == nil)
      return posted.body
    }
    #expect(run.status == .exited(1))
    #expect(
      try JSONValue(parsing: run.value)
        == ["errorMessage": "asked to fail at the start", "errorType": "Function.NotReady", "stackTrace": []])
    #expect(run.log.contains("asked to fail at the start"))
  }

  @Test(
    "of the configuration is an init error that names the variable", arguments: ["LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL"])
  func logLevel(variable: String) async throws {
    let run = try await runFunction([variable: "loud"]) { server, _ in
      let connection = try server.accept()
      let posted = try connection.nextRequest()
      connection.answer(202)
      return posted.body
    }
    #expect(run.status == .exited(1))
    #expect(run.value.contains(variable) && run.value.contains("loud"))
  }

  @Test(
    "of Lambda's own variables ends the process before anything else",
    arguments: [
      (["AWS_LAMBDA_RUNTIME_API": "nowhere"], 78, "AWS_LAMBDA_RUNTIME_API"),
      (["AWS_LAMBDA_MAX_CONCURRENCY": "many"], 78, "AWS_LAMBDA_MAX_CONCURRENCY"),
      (["AWS_LAMBDA_MAX_CONCURRENCY": "0"], 78, "AWS_LAMBDA_MAX_CONCURRENCY"),
      (["AWS_LAMBDA_RUNTIME_API": nil], 64, "AWS_LAMBDA_RUNTIME_API"),
    ] as [([String: String?], Int32, String)])
  func variables(variables: [String: String?], code: Int32, name: String) async throws {
    let run = try await runFunction(variables) { _, _ in }
    #expect(run.status == .exited(code))
    #expect(run.log.contains(name))
  }

  @Test("chooses what it is called")
  func report() {
    struct Odd: LambdaReportableError {
      let errorType: String
      let errorMessage = "x"
    }
    #expect(FailureReport(Odd(errorType: "Runtime.ConfigInvalid")).headerValue == "Runtime.ConfigInvalid")
    #expect(FailureReport(Odd(errorType: "A\r\nInjected: 1")).headerValue == "Function.AInjected:1")
  }

  @Test(
    "travels in base64", arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
  func inBase64(plain: String, encoded: String) {
    #expect(String(decoding: base64(Array(plain.utf8)), as: UTF8.self) == encoded)
  }
}
