import AWSSignature
import HTTPClient
import LambdaRuntime

/// What the environment says, read once at start.
struct Settings: Sendable {
  let databaseURL: String
  let inactivityThreshold: InactivityThreshold
  let queueURL: String
  let maximumMessageBytes: Int
  let aws: AWSConfiguration
  /// What callers of internal routes have to know; nil lets everyone in.
  let apiKey: String?

  init(_ environment: LambdaEnvironment) throws(LambdaConfigurationError) {
    databaseURL = try Self.databaseURL(environment)
    inactivityThreshold =
      if let text = environment.nonEmpty("INACTIVITY_THRESHOLD") {
        try InactivityThreshold(text)
      } else {
        .default
      }
    queueURL = try Self.queueURL(environment)
    maximumMessageBytes = try Self.maximumMessageBytes(environment)
    do {
      aws = try AWSConfiguration { environment[$0] }
    } catch {
      throw LambdaConfigurationError(variable: error.variable, problem: error.reason)
    }
    apiKey = environment.nonEmpty("BACKEND_API_KEY")
  }

  /// `DATABASE_URL`, all that `migrate` needs.
  static func databaseURL(_ environment: LambdaEnvironment) throws(LambdaConfigurationError) -> String {
    try environment.required("DATABASE_URL", "is not set; it is a libpq URI such as postgresql://user@host/database")
  }

  private static func queueURL(_ environment: LambdaEnvironment) throws(LambdaConfigurationError) -> String {
    let url = try environment.required(
      "SQS_QUEUE_URL", "is not set; it is the URL of the queue that tasks are sent to")
    guard HTTPClientRequest.isURL(url) else {
      throw LambdaConfigurationError(
        variable: "SQS_QUEUE_URL", problem: "is \"\(url)\"; it is the http or https URL of a queue")
    }
    return url
  }

  private static func maximumMessageBytes(_ environment: LambdaEnvironment) throws(LambdaConfigurationError) -> Int {
    let limits = 64...1_048_576
    guard let text = environment.nonEmpty("SQS_MAX_MESSAGE_BYTES") else { return 262_144 }
    guard let bytes = Int(text), limits.contains(bytes) else {
      throw LambdaConfigurationError(
        variable: "SQS_MAX_MESSAGE_BYTES",
        problem: "is \"\(text)\"; it is a number of bytes from \(limits.lowerBound) to \(limits.upperBound)")
    }
    return bytes
  }
}

/// How long a conversation has to rest before it is remembered.
struct InactivityThreshold: Sendable, Equatable {
  let seconds: Int64

  static let `default` = InactivityThreshold(seconds: 2 * 3600)

  init(seconds: Int64) {
    self.seconds = seconds
  }

  /// Reads seconds, or a number with the unit `s`, `m`, `h` or `d`.
  init(_ text: String) throws(LambdaConfigurationError) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let unit = text.last.flatMap { units[$0] }
    let digits = unit == nil ? text[...] : text.dropLast()
    let century: Int64 = 36_525 * 86_400
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int64(digits),
      number <= century / (unit ?? 1)
    else {
      throw LambdaConfigurationError(
        variable: "INACTIVITY_THRESHOLD",
        problem: "is \"\(text)\"; it is a number of seconds, or a number with a unit: 90s, 30m, 2h, 1d")
    }
    seconds = number * (unit ?? 1)
  }
}

extension LambdaEnvironment {
  /// A variable that says something: an empty one counts as unset.
  fileprivate func nonEmpty(_ name: String) -> String? {
    self[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  fileprivate func required(_ name: String, _ problem: String) throws(LambdaConfigurationError) -> String {
    guard let value = nonEmpty(name) else { throw LambdaConfigurationError(variable: name, problem: problem) }
    return value
  }
}
