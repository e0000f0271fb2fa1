extension UnsafeRawBufferPointer {
  /// Where, from `start` on, the first byte is that means something in a JSON string: a quote, a backslash or a control
  /// character (RFC 8259, 7). The end of the bytes, if there is none.
  ///
  /// Eight bytes are looked at together, as strings are most of what JSON is made of.
  public func endOfPlainText(from start: Int) -> Int {
    let everyByte: UInt64 = 0x0101_0101_0101_0101
    let (quote, backslash, highestBit) = (everyByte &* 0x22, everyByte &* 0x5C, everyByte &* 0x80)
    /// The highest bit of a byte is set if that byte is below a bound. Only above such a byte it may be set for others,
    /// too; for bytes outside ASCII it never is.
    func below(_ bound: UInt64, _ word: UInt64) -> UInt64 { (word &- everyByte &* bound) & ~word }
    var index = start
    while count - index >= 8 {
      let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let found = (below(0x20, word) | below(1, word ^ quote) | below(1, word ^ backslash)) & highestBit
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < count, self[index] >= 0x20, self[index] != 0x22, self[index] != 0x5C { index += 1 }
    return index
  }
}
