import JSON
import NIOCore

/// Whether an event is JSON: a scan that keeps nothing, as it runs before every invocation.
enum JSONCheck {
  /// What is wrong with a text that should be JSON; nil when it is.
  static func problem(in buffer: ByteBuffer) -> String? {
    let isValid = buffer.withUnsafeReadableBytes { bytes in
      var scan = Scan(bytes: bytes)
      return scan.document()
    }
    if isValid { return nil }
    // Only now a parser looks for the words; what it lets pass is too deep or not UTF-8 for it, too.
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
        index = bytes.endOfPlainText(from: index)
        guard let byte = next else { return false }
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
