import NIOHTTP1

/// A call of the Extensions API, or of the APIs of logs and telemetry that extensions use.
enum ExtensionCall: Equatable {
  case register
  case next
  case initError
  case exitError
  case telemetry
  case logs
  case wrongMethod

  /// Nil when the path is none of theirs.
  init?(_ method: HTTPMethod, _ path: Substring) {
    let call: (ExtensionCall, HTTPMethod)
    switch path.hasSuffix("/") ? path.dropLast() : path {
    case "/2020-01-01/extension/register": call = (.register, .POST)
    case "/2020-01-01/extension/event/next": call = (.next, .GET)
    case "/2020-01-01/extension/init/error": call = (.initError, .POST)
    case "/2020-01-01/extension/exit/error": call = (.exitError, .POST)
    case "/2022-07-01/telemetry": call = (.telemetry, .PUT)
    case "/2020-08-15/logs": call = (.logs, .PUT)
    default: return nil
    }
    self = call.1 == method ? call.0 : .wrongMethod
  }
}
