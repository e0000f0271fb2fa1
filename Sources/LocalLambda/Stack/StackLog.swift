internal import Logging

/// Takes what parts of the emulator log into the stack's events.
struct StackLog: LogHandler {
  let report: @Sendable (StackEvent) -> Void
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.warning

  static func logger(_ report: @escaping @Sendable (StackEvent) -> Void) -> Logger {
    Logger(label: "lambda-local") { _ in StackLog(report: report) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let details = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    report(.warning(details.isEmpty ? "\(event.message)" : "\(event.message)  \(details)"))
  }
}
