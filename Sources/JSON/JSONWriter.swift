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

  /// A writer that goes on behind `bytes`.
  public init(appendingTo bytes: consuming [UInt8]) {
    self.bytes = bytes
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

  /// Appends a whole number.
  public mutating func integer(_ value: some FixedWidthInteger) {
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Appends a string in quotes, escaped.
  public mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { escaped($0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a string in quotes from its UTF-8, escaped.
  public mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    escaped(utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends any value.
  public mutating func write(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(let value): raw(value ? "true" : "false")
    case .number(let number): bytes.append(contentsOf: number.text.utf8)
    case .string(let text): string(text)
    case .array(let elements):
      raw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(",") }
        write(element)
      }
      raw("]")
    case .object(let object):
      raw("{")
      for (index, member) in object.members.enumerated() {
        if index > 0 { raw(",") }
        string(member.name)
        raw(":")
        write(member.value)
      }
      raw("}")
    }
  }

  private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
    if text.needsNoEscape { return bytes.append(contentsOf: text) }
    var runStart = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[runStart..<index]))
      runStart = index + 1
      switch byte {
      case UInt8(ascii: "\""): raw(#"\""#)
      case UInt8(ascii: "\\"): raw(#"\\"#)
      case UInt8(ascii: "\n"): raw(#"\n"#)
      case UInt8(ascii: "\r"): raw(#"\r"#)
      case UInt8(ascii: "\t"): raw(#"\t"#)
      case 0x08: raw(#"\b"#)
      case 0x0C: raw(#"\f"#)
      default:
        raw(#"\u00"#)
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      }
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[runStart...]))
  }
}
