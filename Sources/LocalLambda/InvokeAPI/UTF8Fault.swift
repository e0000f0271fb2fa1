/// A byte that UTF-8 does not allow where it stands, in the words that the service has for it.
enum UTF8Fault: Error, CustomStringConvertible {
  /// No character begins with it.
  case start(UInt8)
  /// No character that began as this one did goes on with it.
  case middle(UInt8)
  /// There is none: the bytes end within a character.
  case end

  var description: String {
    switch self {
    case .start(let byte): "Invalid UTF-8 start byte 0x\(String(byte, radix: 16))"
    case .middle(let byte): "Invalid UTF-8 middle byte 0x\(String(byte, radix: 16))"
    case .end: "Unexpected end-of-input in a UTF-8 character"
    }
  }
}

extension UnsafeRawBufferPointer {
  /// What is wrong with the bytes as UTF-8, first of all; nil when nothing is.
  func utf8Fault() -> UTF8Fault? {
    var index = 0
    do throws(UTF8Fault) {
      while index < count { index = try self[index] < 0x80 ? index + 1 : endOfCharacter(from: index) }
      return nil
    } catch {
      return error
    }
  }

  /// Where the characters outside ASCII end that begin at `start`.
  func endOfNonASCII(from start: Int) throws(UTF8Fault) -> Int {
    var index = start
    while index < count, self[index] >= 0x80 { index = try endOfCharacter(from: index) }
    return index
  }

  /// Where the character outside ASCII ends that begins at `start`: RFC 3629, 4.
  private func endOfCharacter(from start: Int) throws(UTF8Fault) -> Int {
    let first = self[start]
    let length: Int
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: throw UTF8Fault.start(first)
    }
    var allowed: ClosedRange<UInt8>
    switch first {
    // What is less has a shorter form.
    case 0xE0: allowed = 0xA0...0xBF
    case 0xF0: allowed = 0x90...0xBF
    // What is more is half of a surrogate pair, or beyond U+10FFFF.
    case 0xED: allowed = 0x80...0x9F
    case 0xF4: allowed = 0x80...0x8F
    default: allowed = 0x80...0xBF
    }
    for index in start + 1..<start + length {
      guard index < count else { throw UTF8Fault.end }
      guard allowed.contains(self[index]) else { throw UTF8Fault.middle(self[index]) }
      allowed = 0x80...0xBF
    }
    return start + length
  }
}
