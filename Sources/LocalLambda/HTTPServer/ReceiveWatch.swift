import NIOCore

/// How long a request has been coming in, and when that has been too long.
///
/// A head has to be there in time as a whole. A body has to come on, and at a least rate.
struct ReceiveWatch {
  private let limits: HTTPLimits
  private var since: NIODeadline?
  private var progress: NIODeadline?
  private var bytes = 0

  init(_ limits: HTTPLimits) { self.limits = limits }

  /// Nothing is expected.
  mutating func rest() {
    since = nil
    progress = nil
    bytes = 0
  }

  /// A part of a head came in.
  mutating func head(at now: NIODeadline) {
    if since == nil || progress != nil { since = now }
    progress = nil
    bytes = 0
  }

  /// So many bytes of a body have come in by now.
  mutating func body(bytes: Int, at now: NIODeadline) {
    if since == nil { since = now }
    if progress == nil || bytes > self.bytes { progress = now }
    self.bytes = bytes
  }

  /// When the caller is cut off, as things are; nil when nothing is expected.
  var deadline: NIODeadline? {
    guard let since else { return nil }
    let whole = since + limits.receiveTimeout
    guard let progress else { return whole }
    return min(
      whole + .milliseconds(Int64(bytes) * 1_000 / Int64(limits.receiveRate)), progress + limits.receiveTimeout)
  }
}
