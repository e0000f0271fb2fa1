import JSON

extension JSONValue {
  /// Reads what a model wrote, or its server. Models cut an emoji in two now and then, and escape one half of it: that
  /// half is read as U+FFFD, for a broken character is no reason to lose the answer around it.
  init(parsingAnswer bytes: [UInt8]) throws(JSONParseError) {
    try self.init(parsing: bytes.replacingLoneSurrogates())
  }
}

extension [UInt8] {
  /// JSON without the escapes of surrogates that have no other half.
  fileprivate func replacingLoneSurrogates() -> [UInt8] {
    var bytes = self
    var index = 0
    while let backslash = bytes[index...].firstIndex(of: UInt8(ascii: "\\")) {
      // What a backslash escapes is no escape itself: `\\ud83d` is a backslash and five characters.
      index = Swift.min(backslash + 2, bytes.count)
      guard let unit = bytes.escapedUnit(at: backslash), (0xD800...0xDFFF).contains(unit) else { continue }
      index = backslash + 6
      if unit < 0xDC00, let low = bytes.escapedUnit(at: index), (0xDC00...0xDFFF).contains(low) {
        index += 6
      } else {
        bytes.replaceSubrange(backslash + 2..<backslash + 6, with: "fffd".utf8)
      }
    }
    return bytes
  }

  /// The UTF-16 code unit that the escape at an index stands for: `\ud83d`.
  private func escapedUnit(at index: Int) -> UInt16? {
    guard index + 6 <= count, self[index...].starts(with: "\\u".utf8) else { return nil }
    return UInt16(String(decoding: self[index + 2..<index + 6], as: UTF8.self), radix: 16)
  }
}
