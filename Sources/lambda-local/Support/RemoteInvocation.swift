import FoundationEssentials
import JSON
import LocalLambda

/// An invocation over the Invoke API of a Lambda that is running.
struct RemoteInvocation {
  var endpoint: String
  var function: String
  var wantsLog: Bool
  /// What to do when nothing answers there.
  var adviceIfRefused: String

  /// Answer on standard output, log on standard error; fails when the function did.
  func run(_ payload: [UInt8]) async throws {
    let response: OneShotClient.Response
    do {
      response = try await OneShotClient(url: endpoint).send(
        "POST", "/2015-03-31/functions/\(function)/invocations",
        headers: [("content-type", "application/json")] + (wantsLog ? [("x-amz-log-type", "Tail")] : []), body: payload,
        timeout: .seconds(910))
    } catch {
      throw Failure(error, advice: adviceIfRefused)
    }
    if let log = response.header("x-amz-log-result").flatMap({ Data(base64Encoded: $0) }) {
      Console.note(String(decoding: log, as: UTF8.self))
    }
    guard response.status == 200 else {
      let json = try? JSONValue(parsing: response.body)
      let message = json?["Message"]?.stringValue ?? json?["message"]?.stringValue
      throw Failure(.failed, message ?? "\(endpoint) answered \(response.status).")
    }
    try Console.output(bytes: response.body + Array("\n".utf8))
    if let kind = response.header("x-amz-function-error") {
      throw Failure(.failed, "\(function) failed (\(kind)); what it said is on standard output.")
    }
  }
}
