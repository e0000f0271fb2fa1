import LocalLambda

/// A stack for one demonstration or one call leaves alone what somebody keeps.
extension StackConfiguration {
  /// What names databases, queues and Backends that are there for longer.
  private static let keptParts = [
    "DATABASE_URL", "SQS_QUEUE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "BACKEND_URL",
  ]

  /// Has the stack start all of its parts itself, and says which variables are therefore not used.
  ///
  /// A developer may well have them exported, for `backend migrate` say, and samples are nothing for that database:
  /// they, and all that is due there, would be remembered by a stand-in.
  mutating func leaveKeptPartsAlone() {
    let unused = Self.keptParts.filter { !(environment[$0] ?? "").isEmpty }
    for name in Self.keptParts { environment[name] = nil }
    guard !unused.isEmpty else { return }
    Console.warning(
      "\(unused.joined(separator: ", ")) of the environment: not used, for this stack is thrown away at the end. "
        + "`lambda-local up` uses what is set.")
  }
}
