import CMalloc
import NIOCore

/// Gives memory back to the system once no large body has come in for a while.
///
/// The C library's allocator keeps what a large body took, for the next one; behind the last one it is only missing
/// elsewhere. To give it back at once would make each body pay for its pages anew. Other systems than Linux with glibc
/// see to that themselves. Lives on one event loop.
final class MemoryTrim {
  /// From so many bytes on a body is large.
  static let largeBody = 1 << 20
  private static let quietTime = TimeAmount.seconds(1)

  private let eventLoop: any EventLoop
  private var quietAt = NIODeadline.uptimeNanoseconds(0)
  private var isScheduled = false

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func largeBodyCame() {
    quietAt = .now() + Self.quietTime
    if !isScheduled { schedule() }
  }

  private func schedule() {
    isScheduled = true
    eventLoop.assumeIsolated().scheduleTask(deadline: quietAt) { [weak self] () -> Void in self?.trimIfQuiet() }
  }

  private func trimIfQuiet() {
    guard quietAt <= .now() else { return schedule() }
    isScheduled = false
    #if canImport(Glibc)
      malloc_trim(0)
    #endif
  }
}
