#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The process's variable `_X_AMZN_TRACE_ID`, which SDKs read to join the trace of the current invocation.
///
/// It is changed in place: `setenv` would keep each value it was ever given, one for each event.
///
/// `@unchecked Sendable`: only the loop of a function that has one event at a time uses it. Other threads may read the
/// variable while it changes, as with any runtime, and find a string that always ends inside its buffer.
final class TraceVariable: @unchecked Sendable {
  private static let name = "_X_AMZN_TRACE_ID="
  private var buffer: UnsafeMutableBufferPointer<CChar>?
  private var isSet = false

  /// Sets the variable, or removes it.
  func set(_ value: String?) {
    guard let value else {
      if isSet { unsetenv("_X_AMZN_TRACE_ID") }
      isSet = false
      return
    }
    let text = Self.name + value
    let needed = text.utf8.count + 1
    if buffer.map({ $0.count < needed }) ?? true {
      // The environment may still point to the old buffer, which is therefore never freed.
      let larger = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(512, 2 * needed))
      larger.initialize(repeating: 0)
      buffer = larger
      isSet = false
    }
    guard let buffer, let start = buffer.baseAddress else { return }
    for (index, byte) in text.utf8.enumerated() { buffer[index] = CChar(bitPattern: byte) }
    buffer[needed - 1] = 0
    if !isSet { putenv(start) }
    isSet = true
  }
}
