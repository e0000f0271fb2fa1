import Foundation
import JSON
import Logging
import Testing

@testable import LambdaRuntime

@Suite("The log")
struct LogTests {
  private let time: Int64 = 1_583_348_638_390

  private func line(_ format: LambdaLogHandler.Format, _ event: LogEvent) -> String {
    var handler = LambdaLogHandler(label: "brain", level: .trace, format: format)
    handler[metadataKey: "requestId"] = "r-1"
    return String(decoding: handler.line(for: event, at: time), as: UTF8.self)
  }

  @Test("is a line of JSON in Lambda's format")
  func json() throws {
    let event = LogEvent(
      level: .warning, message: "a \"quoted\"\nmessage",
      error: LambdaConfigurationError(variable: "X", problem: "is not set"),
      metadata: ["list": ["a", ["k": "v"]], "message": "not the message"], source: nil, file: "", function: "", line: 1)
    let text = line(.json, event)
    #expect(text.hasSuffix("}\n"))
    #expect(text.split(separator: "\n").count == 1)
    #expect(
      try JSONValue(parsing: text) == [
        "timestamp": "2020-03-04T19:03:58.390Z", "level": "WARN", "message": "a \"quoted\"\nmessage", "logger": "brain",
        "errorMessage": "X is not set", "errorType": "Runtime.ConfigInvalid", "list": ["a", ["k": "v"]],
        "metadata.message": "not the message", "requestId": "r-1",
      ])
  }

  @Test("is a plain line for people")
  func text() {
    let event = LogEvent(
      level: .info, message: "hello", metadata: ["n": "1"], source: nil, file: "", function: "", line: 1)
    #expect(line(.text, event) == "2020-03-04T19:03:58.390Z info brain: hello n=1 requestId=r-1\n")
  }

  @Test(
    "knows the names of levels that swift-log and Lambda use",
    arguments: [
      ("TRACE", Logger.Level.trace), ("debug", .debug), ("Info", .info), ("notice", .notice), ("WARN", .warning),
      ("warning", .warning), ("error", .error), ("FATAL", .critical), ("critical", .critical), ("loud", nil), ("", nil),
    ])
  func levels(name: String, level: Logger.Level?) {
    #expect(Logger.Level(lambdaName: name) == level)
  }

  @Test(
    "of a function shows what its level lets through, with the request id",
    arguments: [
      ([:], 1), (["LOG_LEVEL": "error"], 0), (["AWS_LAMBDA_LOG_LEVEL": "ERROR"], 0),
      (["LOG_LEVEL": "debug", "AWS_LAMBDA_LOG_LEVEL": "ERROR"], 1),
    ] as [([String: String], Int)])
  func ofAFunction(variables: [String: String], count: Int) async throws {
    let run = try await runFunction(variables) { server, _ in
      _ = try server.accept().exchange(#"{"mode":"log"}"#, id: "r-7")
    }
    #expect(run.logLines.filter { $0["requestId"] == "r-7" && $0["message"] == "logger line 0" }.count == count)
    #expect(run.output == "stdout line 0\n")
    #expect(run.log.contains("stderr line 0\n"))
  }

  @Test("shows what is printed while the event is worked on, not later")
  func printedAtOnce() async throws {
    let run = try await runFunction { server, process in
      let connection = try server.accept()
      _ = try connection.exchange(#"{"mode":"log"}"#)
      _ = try connection.nextRequest()
      kill(process, SIGKILL)
    }
    #expect(run.output == "stdout line 0\n")
  }
}
