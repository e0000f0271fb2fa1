import LocalLambda

/// Why a verb ends without success: what was wrong, where, what to do, and the exit code that says so to scripts.
struct Failure: Error {
  /// sysexits.h, where it has a fitting number.
  enum Code: Int32 {
    case failed = 1
    case usage = 64
    case unavailable = 69
    case configuration = 78
  }

  var code: Code
  var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: OneShotError, advice: String) {
    switch error.kind {
    case .badURL: self.init(.usage, error.message)
    case .refused: self.init(.unavailable, "\(error.message). \(advice)")
    case .lost, .timedOut: self.init(.failed, error.message)
    }
  }

  /// ". Did you mean …?", or ": one of …".
  static func suggestion(_ typed: String, among names: [String]) -> String {
    if let near = Suggestion.nearest(to: typed, in: names) { return ". Did you mean \(near)?" }
    return names.isEmpty ? "." : "; there is \(names.joined(separator: ", "))."
  }
}
