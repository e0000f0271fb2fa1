/// A recursive reader of RFC 8259 over UTF-8 bytes.
///
/// It accepts nothing beyond the grammar: no comments, no trailing commas, no byte order mark, no lone surrogates.
struct JSONParser {
  /// A fault before its line and its pointer are known; the pointer's tokens are collected on the way out.
  struct Fault: Error {
    var reason: String
    var offset: Int
    var path: [String] = []
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var depthLeft: Int

  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) -> Result<JSONValue, JSONParseError> {
    var parser = JSONParser(bytes: bytes, depthLeft: maximumDepth)
    do throws(Fault) {
      return .success(try parser.document())
    } catch {
      return .failure(JSONParseError(error, in: bytes))
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, depthLeft: Int) {
    self.bytes = bytes
    self.depthLeft = depthLeft
  }

  private mutating func document() throws(Fault) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw fault("There is more after the end of the JSON value.") }
    return value
  }

  // MARK: Values

  private mutating func value() throws(Fault) -> JSONValue {
    skipSpace()
    guard let byte = peek() else { throw fault("The text ends where a value is expected.") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw fault("A value is expected here, not \(describe(byte)).")
    }
  }

  private mutating func object() throws(Fault) -> JSONObject {
    try enter()
    defer { depthLeft += 1 }
    var members: [JSONObject.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return JSONObject() }
    members.reserveCapacity(4)
    repeat {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else { throw unexpected("a member's name in quotes") }
      let name = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected("':' after the member's name") }
      do throws(Fault) {
        members.append(JSONObject.Member(name: name, value: try value()))
      } catch {
        throw error.inside(name)
      }
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw unexpected("',' or '}'") }
    return JSONObject(members)
  }

  private mutating func array() throws(Fault) -> [JSONValue] {
    try enter()
    defer { depthLeft += 1 }
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    repeat {
      do throws(Fault) {
        elements.append(try value())
      } catch {
        throw error.inside(String(elements.count))
      }
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw unexpected("',' or ']'") }
    return elements
  }

  private mutating func enter() throws(Fault) {
    guard depthLeft > 0 else { throw fault("The value is nested too deep.") }
    depthLeft -= 1
    position += 1
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
    let end = position + text.utf8CodeUnitCount
    let matches = text.withUTF8Buffer { end <= bytes.count && bytes[position..<end].elementsEqual($0) }
    guard matches else { throw fault("A value is expected here; did you mean \(text)?") }
    position = end
    return value
  }

  private mutating func number() throws(Fault) -> JSONNumber {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if isDigit(peek()) { throw fault("A number has no leading zeros.") }
    } else {
      try digits()
    }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return JSONNumber(validated: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws(Fault) {
    guard isDigit(peek()) else { throw unexpected("a digit") }
    while isDigit(peek()) { position += 1 }
  }

  // MARK: Strings

  private mutating func string() throws(Fault) -> String {
    let opening = position
    position += 1
    // Most strings are one such run.
    var text = try plainText()
    while true {
      switch peek() {
      case nil: throw Fault(reason: "The string is not closed.", offset: opening)
      case UInt8(ascii: "\""):
        position += 1
        return text
      case UInt8(ascii: "\\"): text.unicodeScalars.append(try escape())
      default: throw fault("A control character in a string must be escaped.")
      }
      text += try plainText()
    }
  }

  private mutating func plainText() throws(Fault) -> String {
    let start = position
    position = UnsafeRawBufferPointer(bytes).endOfPlainText(from: start)
    return try utf8(from: start, to: position)
  }

  private mutating func escape() throws(Fault) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let letter = peek() else { throw fault("The text ends within an escape.") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw Fault(reason: "\(describe(letter)) cannot be escaped.", offset: start)
    }
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    let loneSurrogate = Fault(reason: "The escape is half of a surrogate pair.", offset: start)
    guard unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw loneSurrogate }
    let low = try hexadecimal()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
    else { throw loneSurrogate }
    return scalar
  }

  private mutating func hexadecimal() throws(Fault) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw unexpected("a hexadecimal digit")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  private func utf8(from start: Int, to end: Int) throws(Fault) -> String {
    let run = UnsafeBufferPointer(rebasing: bytes[start..<end])
    // ASCII is told quickest, and most texts are.
    if run.reduce(into: UInt8(0), { $0 |= $1 }) < 0x80 { return String(decoding: run, as: UTF8.self) }
    if let text = String(validating: run, as: UTF8.self) { return text }
    throw Fault(reason: "The string is not UTF-8.", offset: start + validPrefix(of: run))
  }

  /// How many bytes come before the first that is not UTF-8.
  private func validPrefix(of run: UnsafeBufferPointer<UInt8>) -> Int {
    var decoder = UTF8()
    var iterator = run.makeIterator()
    var length = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { length += UTF8.width(scalar) }
    return length
  }

  // MARK: Bytes

  private func peek() -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte &- UInt8(ascii: "0") < 10
  }

  private func fault(_ reason: String) -> Fault {
    Fault(reason: reason, offset: position)
  }

  private func unexpected(_ expected: String) -> Fault {
    guard let byte = peek() else { return fault("The text ends where \(expected) is expected.") }
    return fault("Expected \(expected), not \(describe(byte)).")
  }

  private func describe(_ byte: UInt8) -> String {
    (0x21..<0x7F).contains(byte) ? "'\(Unicode.Scalar(byte))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
  }
}

extension JSONParser.Fault {
  func inside(_ token: String) -> Self {
    var copy = self
    copy.path.append(token)
    return copy
  }
}

extension JSONParseError {
  init(_ fault: JSONParser.Fault, in bytes: UnsafeBufferPointer<UInt8>) {
    let before = bytes.prefix(fault.offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    self.init(
      reason: fault.reason, offset: fault.offset,
      line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: fault.offset - lineStart + 1,
      pointer: fault.path.reversed().map { "/" + JSONPointer.escape($0) }.joined())
  }
}
