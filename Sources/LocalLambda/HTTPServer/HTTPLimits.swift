import NIOCore

/// How much and how long an HTTP server puts up with.
struct HTTPLimits: Sendable {
  /// Of a request's target; a longer one is answered with 414.
  var targetBytes = 65_536
  /// Of a request's target, header fields and trailers, together; more is answered with 431.
  var headBytes = 1 << 20
  /// Of header fields and trailers in one request.
  var fieldCount = 256
  /// For a whole head to come in, and for the next piece of a body that is collected.
  var receiveTimeout = TimeAmount.seconds(30)
  /// Bytes a second that a body comes in with at least, once it has had `receiveTimeout`.
  var receiveRate = 1_000
  /// For a caller to take what was written.
  var sendTimeout = TimeAmount.seconds(60)
  /// How long a connection may be kept with nothing going on, at least; up to twice as long passes before it is closed.
  /// Nil: for ever. An answer that is waited for is something that goes on.
  var idleTimeout: TimeAmount? = .minutes(2)
  /// How long bytes of a refused request are still taken, so that the caller gets to read the refusal.
  var lingerTimeout = TimeAmount.seconds(2)
  /// Of a body that is too large: so much is still read, so that the caller gets to see the answer.
  var discardedBytes = 256 << 20

  /// For runtimes: how long their connections may be silent, also in the middle of an answer, the function's time-out
  /// says, which is 15 minutes at most.
  static let runtime = {
    var limits = HTTPLimits()
    limits.idleTimeout = nil
    limits.receiveTimeout = .minutes(15)
    return limits
  }()
}
