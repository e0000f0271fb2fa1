extension UnsafeBufferPointer<UInt8> {
  /// Whether JSON holds this text between quotes just as it is. The whole text is looked at without a branch, which a
  /// processor does for many bytes at once.
  var needsNoEscape: Bool {
    reduce(into: UInt8(0)) { seen, byte in
      seen |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
    } == 0
  }

  /// Whether all bytes are ASCII.
  var isASCII: Bool { reduce(into: UInt8(0)) { $0 |= $1 } < 0x80 }
}
