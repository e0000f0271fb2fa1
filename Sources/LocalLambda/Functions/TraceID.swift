/// X-Ray's tracing header.
enum TraceID {
  /// A new trace that is not sampled: nobody collects it here.
  static func make() -> String {
    Hex.text(74) { text in
      text.append("Root=1-")
      text.append(UInt64(WallClock.milliseconds() / 1000), digits: 8)
      text.append("-")
      RandomID.append(digits: 24, to: &text)
      text.append(";Parent=")
      RandomID.append(digits: 16, to: &text)
      text.append(";Sampled=0")
    }
  }
}
