/// X-Ray's tracing header.
///
/// See [Tracing header](https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
enum TraceID {
  /// The header as a function gets it, which on Lambda always names root, parent and sampling decision.
  ///
  /// A caller's trace goes on, with what its header lacks: load balancers send `Root=…` alone. Where there is none, or
  /// what is no trace, a new one begins.
  static func complete(_ header: String?) -> String {
    guard let header else { return make() }
    var fields: [Substring: Substring] = [:]
    for field in header.split(separator: ";") {
      let parts = field.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = parts[1] }
    }
    guard let root = fields["Root"], isRoot(root) else { return make() }
    let parent = fields["Parent"].flatMap { isHexadecimal($0, digits: 16) ? String($0) : nil } ?? RandomID.hex(16)
    let sampled = fields["Sampled"] == "1" ? 1 : 0
    let lineage = fields["Lineage"].map { ";Lineage=\($0)" } ?? ""
    return "Root=\(root);Parent=\(parent);Sampled=\(sampled)\(lineage)"
  }

  /// Version, seconds and random digits: `1-5759e988-bd862e3fe1be46a994272793`.
  private static func isRoot(_ text: Substring) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0] == "1" && isHexadecimal(parts[1], digits: 8)
      && isHexadecimal(parts[2], digits: 24)
  }

  private static func isHexadecimal(_ text: Substring, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { UnicodeScalar($0).properties.isASCIIHexDigit }
  }

  /// A new trace that is not sampled: nobody collects it here.
  private static func make() -> String {
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
