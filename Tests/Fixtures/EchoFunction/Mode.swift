import JSON
import Logging
import LambdaRuntime

#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  import Darwin
#endif

/// What an event can ask for, by `{"mode":"…"}` and further members.
enum Mode: String {
  /// The event is the answer.
  case echo
  /// Fails with `errorType` and `message`; with `plain` an error that does not choose its type.
  case `throw`
  /// Ends the process with the status `code`.
  case exit
  /// Kills the process with the signal `number`.
  case signal
  /// Never answers, and blocks its thread.
  case hang
  /// Answers after `milliseconds` in which its thread blocks.
  case sleep
  /// Answers after `milliseconds`, resumed by another thread.
  case wait
  /// Answers with a JSON string that makes `bytes` bytes altogether.
  case big
  /// Streams `chunks` chunks of `bytes` bytes each, `milliseconds` apart; after the first it waits for the file `until`,
  /// and after the last it does what `then` says: `exit`, `signal` or `hang`.
  case stream
  /// The same, but fails after the last chunk; with 0 chunks before the first.
  case streamError
  /// Streams an answer for an HTTP integration: a prelude, then the text.
  case streamHTTP
  /// Writes `lines` lines with the logger, and as many each to standard output and standard error.
  case log
  /// Answers with all environment variables.
  case environment
  /// Answers with everything in the context.
  case context
  /// Answers with JSON that is none.
  case garbage
  /// Sends half an answer on a connection of its own, breaks that off, and then tries to answer again.
  case half
}

extension Mode {
  func answer(
    _ object: JSONValue, _ event: [UInt8], _ context: LambdaContext, _ environment: LambdaEnvironment
  ) async throws -> LambdaResponse {
    @Sendable func number(_ name: String, _ usual: Int = 0) -> Int { object[name]?.int64Value.map(Int.init) ?? usual }
    let pause = UInt32(number("milliseconds")) * 1000

    switch self {
    case .echo:
      return .buffered(event)
    case .throw:
      if object["plain"]?.boolValue == true { throw PlainError() }
      throw EchoError(
        errorType: object["errorType"]?.stringValue ?? "EchoError",
        message: object["message"]?.stringValue ?? "asked to fail")
    case .exit:
      endProcess(Int32(number("code", 1)))
    case .signal:
      kill(getpid(), Int32(number("number", 11)))
      sleepForever()
    case .hang:
      sleepForever()
    case .sleep:
      usleep(pause)
      return .buffered(event)
    case .wait:
      await resumedElsewhere(after: pause)
      return .buffered(event)
    case .big:
      let quote = UInt8(ascii: "\"")
      let text = [UInt8](repeating: UInt8(ascii: "x"), count: max(0, number("bytes", 2) - 2))
      return .buffered([quote] + text + [quote])
    case .stream, .streamError:
      let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: number("bytes", 1))
      return .streaming(contentType: "text/plain") { stream in
        for index in 0..<number("chunks", 1) {
          try await stream.write(chunk)
          usleep(pause)
          if index == 0, let file = object["until"]?.stringValue {
            while access(file, F_OK) != 0 { usleep(5000) }
          }
        }
        switch object["then"] {
        case "exit": endProcess(Int32(number("code", 1)))
        case "signal":
          kill(getpid(), Int32(number("number", 11)))
          sleepForever()
        case "hang": sleepForever()
        default: break
        }
        if self == .streamError { throw EchoError(message: "failed in the middle of the stream") }
      }
    case .streamHTTP:
      return .streaming(contentType: "application/vnd.awslambda.http-integration-response") { stream in
        let prelude =
          #"{"statusCode":201,"headers":{"content-type":"text/plain","x-echo":"yes"},"cookies":["a=1","b=2"]}"#
        try await stream.write(Array(prelude.utf8) + [UInt8](repeating: 0, count: 8))
        try await stream.write(Array((object["text"]?.stringValue ?? "streamed").utf8))
      }
    case .log:
      for line in 0..<number("lines", 1) {
        context.logger.info("logger line \(line)", metadata: ["line": "\(line)"])
        print("stdout line \(line)")
        var text = "stderr line \(line)\n"
        text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
      }
      return .buffered(event)
    case .environment:
      return .buffered(processVariables().serializedBytes)
    case .context:
      return .buffered(report(context, environment).serializedBytes)
    case .half:
      sendHalf(of: context.requestID, to: environment["AWS_LAMBDA_RUNTIME_API"] ?? "")
      return .buffered(event)
    case .garbage:
      return .buffered(Array("{\"not\": json".utf8))
    }
  }
}

private struct PlainError: Error, CustomStringConvertible {
  let description = "an error of no special kind"
}

/// Breaks the start of the function in the way that is named.
func breakStart(_ way: String?) async throws {
  switch way {
  case "fail": throw EchoError(errorType: "Function.NotReady", message: "asked to fail at the start")
  case "exit": endProcess(3)
  case "hang": sleepForever()
  case "crash": kill(getpid(), SIGKILL)
  default: break
  }
}

private func endProcess(_ status: Int32) -> Never { exit(status) }

private func sleepForever() -> Never {
  while true { usleep(1_000_000) }
}

/// Suspends the task; another thread resumes it.
private func resumedElsewhere(after microseconds: UInt32) async {
  await withCheckedContinuation { continuation in
    Task.detached {
      usleep(microseconds)
      continuation.resume()
    }
  }
}

/// Begins an answer that never ends.
private func sendHalf(of requestID: String, to address: String) {
  guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else { return }
  #if canImport(Glibc)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  #else
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
  #endif
  defer { close(descriptor) }
  var target = sockaddr_in()
  target.sin_family = sa_family_t(AF_INET)
  target.sin_port = port.bigEndian
  target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let isConnected = withUnsafePointer(to: &target) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  guard isConnected else { return }
  var text =
    "POST /2018-06-01/runtime/invocation/\(requestID)/response HTTP/1.1\r\nHost: \(address)\r\n"
    + "Content-Length: 1000\r\n\r\nhalf"
  text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
}

private func processVariables() -> JSONValue {
  var variables = JSONObject()
  #if canImport(Darwin)
    var next = _NSGetEnviron().pointee
  #else
    var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
  #endif
  while let entry = next.pointee {
    let text = String(cString: entry)
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    variables[String(parts[0])] = .string(String(parts.dropFirst().first ?? ""))
    next += 1
  }
  return .object(variables)
}

private func report(_ context: LambdaContext, _ environment: LambdaEnvironment) -> JSONValue {
  func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
  return [
    "requestID": .string(context.requestID),
    "traceID": text(context.traceID),
    "traceVariable": text(environment["_X_AMZN_TRACE_ID"]),
    "invokedFunctionARN": .string(context.invokedFunctionARN),
    "deadline": .integer(context.deadline),
    "remainingMilliseconds": .integer(Int64(context.remainingTime() / .milliseconds(1))),
    "clientContext": context.clientContext.flatMap { try? JSONValue(parsing: $0) } ?? .null,
    "cognitoIdentityID": text(context.cognitoIdentity?.identityID),
    "cognitoIdentityPoolID": text(context.cognitoIdentity?.identityPoolID),
    "tenantID": text(context.tenantID),
    "functionName": .string(environment.functionName),
    "memorySizeMB": .integer(environment.memorySizeMB),
    "maxConcurrency": .integer(environment.maxConcurrency),
  ]
}
