import Synchronization

/// What the echo responder has seen; each number is used by one test.
enum WatchedCallers {
  final class Number: Sendable {
    private let value = Mutex(0)
    var now: Int { value.withLock { $0 } }
    func add(_ count: Int = 1) { value.withLock { $0 += count } }
  }

  static let come = Number()
  static let gone = Number()
  static let bytes = Number()
}
