/// X-Ray's tracing header.
enum TraceID {
  /// A new trace that is not sampled: nobody collects it here.
  static func make() -> String {
    let seconds = String(WallClock.milliseconds() / 1000, radix: 16)
    return "Root=1-\(seconds)-\(RandomID.hex(24));Parent=\(RandomID.hex(16));Sampled=0"
  }
}
