import JSON
import Testing

@testable import LocalLambda

/// What a caller gets when a real process fails, in every way that it can.
@Suite struct FunctionErrorTests {
  struct Failure: Sendable, CustomTestStringConvertible {
    var event = "{}"
    var start: String?
    var timeout = Duration.seconds(60)
    /// `ID` stands for the request's id.
    var body: String

    var testDescription: String { start.map { "start: \($0)" } ?? event }
  }

  @Test(arguments: [
    Failure(
      event: #"{"mode":"exit","code":3}"#,
      body:
        #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}"#
    ),
    Failure(
      event: #"{"mode":"exit","code":0}"#,
      body:
        #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited without providing a reason"}"#
    ),
    Failure(
      event: #"{"mode":"signal","number":11}"#,
      body:
        #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: segmentation fault"}"#
    ),
    Failure(
      event: #"{"mode":"hang"}"#, timeout: .seconds(1),
      body: #"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 1.00 seconds"}"#
    ),
    Failure(
      event: #"{"mode":"big","bytes":6291557}"#,
      body:
        #"{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}"#
    ),
    Failure(
      event: #"{"mode":"throw","errorType":"Mine","message":"no"}"#,
      body: #"{"errorMessage":"no","errorType":"Mine","stackTrace":[]}"#),
    Failure(
      start: "fail",
      body: #"{"errorMessage":"asked to fail at the start","errorType":"Function.NotReady","stackTrace":[]}"#),
    Failure(
      start: "exit",
      body:
        #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}"#
    ),
    Failure(
      start: "crash",
      body:
        #"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: killed"}"#
    ),
    Failure(
      start: "hang", timeout: .seconds(1),
      body: #"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 1.00 seconds"}"#
    ),
  ])
  func isToldInLambdasWords(failure: Failure) async throws {
    try await EventFixture.run(first: {
      $0.timeout = failure.timeout
      // Swift's own report of a crash takes the signal away.
      $0.environment = ["SWIFT_BACKTRACE": "enable=no"]
      $0.environment["ECHO_INIT"] = failure.start
      // A start that is cut off is tried again inside the invocation.
      if failure.start == "hang" { $0.initTimeout = .milliseconds(300) }
    }) { fixture in
      for _ in 0..<2 {
        let response = try await fixture.lambda.send(
          "POST", "/2015-03-31/functions/first/invocations", headers: [("X-Amz-Log-Type", "Tail")],
          body: Array(failure.event.utf8))
        #expect(response.status == 200)
        #expect(response.header("x-amz-function-error") == "Unhandled")
        #expect(response.header("x-amz-executed-version") == "$LATEST")
        let id = try #require(response.header("x-amzn-requestid"))
        #expect(response.text == failure.body.replacing("ID Error", with: "\(id) Error"))
        let log = try #require(response.header("x-amz-log-result").flatMap { Base64.decode($0) })
        #expect(String(decoding: log, as: UTF8.self).contains("END RequestId: \(id)\nREPORT RequestId: \(id)\t"))
      }
      guard failure.start == nil else { return }
      let next = try await fixture.lambda.send(
        "POST", "/2015-03-31/functions/first/invocations", body: Array("7".utf8))
      #expect(next.text == "7")
    }
  }
}
