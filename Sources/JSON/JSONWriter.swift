/// Writes compact JSON straight into bytes, for answers that are built often.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.raw(#"{"id":"#)
/// writer.integer(7)
/// writer.raw(#","content":"#)
/// writer.string(content)
/// writer.raw("}")
/// ```
public struct JSONWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8]

  /// An empty writer with room for `capacity` bytes.
  public init(capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// Appends `text` as it is: punctuation and names that need no escapes.
  public mutating func raw(_ text: String) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  /// Appends bytes that are JSON already.
  public mutating func raw(_ json: some Collection<UInt8>) {
    bytes.append(contentsOf: json)
  }

  /// Appends one byte of punctuation.
  public mutating func raw(_ byte: UInt8) {
    bytes.append(byte)
  }

  /// Appends a whole number.
  public mutating func integer(_ value: some FixedWidthInteger) {
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Appends a string in quotes, escaped.
  public mutating func string(_ text: String) {
    var text = text
    text.withUTF8 { string(utf8: $0) }
  }

  /// Appends a string in quotes from its UTF-8, escaped.
  public mutating func string(utf8 text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    while true {
      let end = UnsafeRawBufferPointer(text).endOfPlainText(from: start)
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
      guard end < text.count else { break }
      escape(text[end])
      start = end + 1
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a string in quotes from bytes that need no escapes.
  public mutating func string(plain text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a member's name and its colon.
  public mutating func name(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Appends a member's name, which needs no escapes, and its colon.
  public mutating func name(plain name: String) {
    var name = name
    name.withUTF8 { string(plain: $0) }
    bytes.append(UInt8(ascii: ":"))
  }

  /// Appends any value.
  public mutating func write(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(let value): raw(value ? "true" : "false")
    case .number(let number): bytes.append(contentsOf: number.text.utf8)
    case .string(let text): string(text)
    case .array(let elements):
      raw(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(UInt8(ascii: ",")) }
        write(element)
      }
      raw(UInt8(ascii: "]"))
    case .object(let object):
      raw(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { raw(UInt8(ascii: ",")) }
        name(member.name)
        write(member.value)
      }
      raw(UInt8(ascii: "}"))
    }
  }

  /// Appends what stands for a byte that has to be escaped.
  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    default:
      raw("u00")
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
