#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One of the streams that a process says something on, written to without a buffer.
public enum StandardStream: Int32, Sendable {
  /// For what was asked for.
  case output = 1
  /// For the log, and for what went wrong.
  case error = 2

  /// Writes a text in one call if possible.
  public func write(_ text: String) {
    write(Array(text.utf8))
  }

  /// Writes these bytes in one call if possible: lines of several threads do not mix.
  ///
  /// What the stream does not take is dropped, as there is nobody to tell.
  public func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = writeSome(UnsafeRawBufferPointer(rebasing: rest), to: rawValue)
        if count < 0, errno != EINTR { return }
        rest = rest.dropFirst(max(count, 0))
      }
    }
  }
}

/// The system's call, whose name means something else inside of ``StandardStream``.
private func writeSome(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
