import Logging
import Synchronization

/// Keeps the lines that are logged.
final class LogRecorder: Sendable {
  struct Line: Sendable {
    let level: Logger.Level
    let message: String
    let metadata: [String: String]
  }

  private let recorded = Mutex<[Line]>([])

  var lines: [Line] { recorded.withLock { $0 } }

  /// The lines of this level or above that name a conversation.
  func lines(about conversationID: Int64, atLeast level: Logger.Level) -> [Line] {
    lines.filter { $0.level >= level && $0.metadata["conversation_id"] == "\(conversationID)" }
  }

  var handler: any LogHandler { Handler(recorder: self) }

  private struct Handler: LogHandler {
    let recorder: LogRecorder
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      recorder.recorded.withLock {
        $0.append(
          Line(level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" }))
      }
    }
  }
}
