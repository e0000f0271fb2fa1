import JSON
import NIOCore

/// Whether an event is JSON in UTF-8: a scan that keeps nothing, as it runs before every invocation.
enum JSONCheck {
  /// What is wrong with a text that should be JSON; nil when it is.
  static func problem(in buffer: ByteBuffer) -> String? {
    let isValid = buffer.withUnsafeReadableBytes { bytes in
      var scan = Scan(bytes: bytes)
      return scan.document()
    }
    if isValid { return nil }
    // Only now the words are looked for: the service's own for what is not UTF-8, a parser's for the rest.
    if let fault = buffer.withUnsafeReadableBytes({ $0.utf8Fault() }) { return fault.description }
    do {
      _ = try JSONValue(parsing: buffer.readableBytesView)
      return "The text is not JSON"
    } catch {
      return error.description
    }
  }

  private struct Scan {
    let bytes: UnsafeRawBufferPointer
    var index = 0
    /// As deep as Lambda's own parser goes.
    static let maximumDepth = 1000

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func document() -> Bool {
      guard value(depth: 0) else { return false }
      skipSpace()
      return index == bytes.count
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
      while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      guard next == byte else { return false }
      index += 1
      return true
    }

    private mutating func value(depth: Int) -> Bool {
      guard depth <= Self.maximumDepth else { return false }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return object(depth: depth)
      case UInt8(ascii: "["): return array(depth: depth)
      case UInt8(ascii: "\""): return string()
      case UInt8(ascii: "t"): return word("true")
      case UInt8(ascii: "f"): return word("false")
      case UInt8(ascii: "n"): return word("null")
      default: return number()
      }
    }

    private mutating func object(depth: Int) -> Bool {
      index += 1
      skipSpace()
      if take(UInt8(ascii: "}")) { return true }
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\""), string() else { return false }
        skipSpace()
        guard take(UInt8(ascii: ":")), value(depth: depth + 1) else { return false }
        skipSpace()
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "}"))
    }

    private mutating func array(depth: Int) -> Bool {
      index += 1
      skipSpace()
      if take(UInt8(ascii: "]")) { return true }
      repeat {
        guard value(depth: depth + 1) else { return false }
        skipSpace()
      } while take(UInt8(ascii: ","))
      return take(UInt8(ascii: "]"))
    }

    private mutating func string() -> Bool {
      index += 1
      while true {
        index = bytes.endOfPlainASCII(from: index)
        guard let byte = next else { return false }
        if byte >= 0x80 {
          guard let end = try? bytes.endOfNonASCII(from: index) else { return false }
          index = end
          continue
        }
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return true
        case UInt8(ascii: "\\"):
          guard let escape = next else { return false }
          index += 1
          switch escape {
          case UInt8(ascii: "u"):
            for _ in 0..<4 {
              guard let digit = next, isHex(digit) else { return false }
              index += 1
            }
          case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            break
          default: return false
          }
        default: return false
        }
      }
    }

    private mutating func number() -> Bool {
      _ = take(UInt8(ascii: "-"))
      if !take(UInt8(ascii: "0")) {
        guard digits() else { return false }
      }
      if take(UInt8(ascii: ".")), !digits() { return false }
      if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
        if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
        return digits()
      }
      return true
    }

    private mutating func digits() -> Bool {
      let start = index
      while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
      return index > start
    }

    private mutating func word(_ word: StaticString) -> Bool {
      guard bytes.count - index >= word.utf8CodeUnitCount else { return false }
      let matches = word.withUTF8Buffer { bytes[index..<index + $0.count].elementsEqual($0) }
      if matches { index += word.utf8CodeUnitCount }
      return matches
    }

    private func isHex(_ byte: UInt8) -> Bool {
      switch byte | 0x20 {
      case UInt8(ascii: "a")...UInt8(ascii: "f"): true
      default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Where, from `start` on, the first byte is that means something in a JSON string, or is outside ASCII. The end of
  /// the bytes, if there is none.
  ///
  /// Eight bytes are looked at together, as by `endOfPlainText`, which goes on over what is outside ASCII.
  fileprivate func endOfPlainASCII(from start: Int) -> Int {
    let everyByte: UInt64 = 0x0101_0101_0101_0101
    let (space, quote, backslash) = (everyByte &* 0x20, everyByte &* 0x22, everyByte &* 0x5C)
    let highestBit = everyByte &* 0x80
    var index = start
    while count - index >= 8 {
      let word = UInt64(littleEndian: loadUnaligned(fromByteOffset: index, as: UInt64.self))
      // In ASCII, a byte's highest bit is set by subtracting more than it is. Only above such a byte it may be set for
      // others, too.
      let controls = word &- space
      let quotes = (word ^ quote) &- everyByte
      let backslashes = (word ^ backslash) &- everyByte
      let found = (controls | quotes | backslashes | word) & highestBit
      if found != 0 { return index + found.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < count, (0x20..<0x80).contains(self[index]), self[index] != 0x22, self[index] != 0x5C { index += 1 }
    return index
  }
}
