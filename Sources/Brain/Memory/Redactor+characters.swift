/// The characters that the redactor tells apart.
extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  var isSmallLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }

  /// Whether keys are made of it; `=` stands behind some, and not within.
  var isKeyCharacter: Bool {
    isSmallLetter || isCapital || isDigit || "-_./+".utf8.contains(self)
  }
}

extension Unicode.Scalar {
  /// The value of a digit of any script: keyboards also give full-width and Arabic ones.
  var decimal: Int? {
    if isASCII { return UInt8(ascii: self).isDigit ? Int(value) - 0x30 : nil }
    guard properties.numericType == .decimal else { return nil }
    return properties.numericValue.map { Int($0) }
  }

  /// A hyphen, or one of the signs that look like one.
  var isDash: Bool {
    self == "-" || (!isASCII && properties.generalCategory == .dashPunctuation)
  }

  /// Whether it belongs to the Chinese, Japanese or Korean script, or to their punctuation: what stands next to it need
  /// not be a part of its word. Full-width Latin letters and digits do not.
  var isEastAsian: Bool {
    switch value {
    case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A: false
    case 0x1100...0x11FF, 0x2E80...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0xFE30...0xFE4F,
      0xFF00...0xFFEF, 0x20000...0x3FFFF:
      true
    default: false
    }
  }
}

extension Substring {
  /// Without the characters of some kind at its ends.
  func trimmed(_ isMargin: (Character) -> Bool) -> Substring {
    var text = self
    while let first = text.first, isMargin(first) { text.removeFirst() }
    while let last = text.last, isMargin(last) { text.removeLast() }
    return text
  }
}
