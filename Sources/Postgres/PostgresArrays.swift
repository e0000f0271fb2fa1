/// A type whose arrays are values of their own: `[Int64]` is a `bigint[]`, `[String]` a `text[]`, `[UInt8]` a `bytea`.
public protocol PostgresArrayElement: Sendable {
  /// Appends the array as the next parameter.
  static func encode(_ elements: [Self], into parameters: inout PostgresParameters) throws(PostgresError)
  /// Reads the array from PostgreSQL's text for it; nil where that is not such an array.
  static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [Self]?
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
  /// Encodes the array as its elements' type wants it.
  public func encode(into parameters: inout PostgresParameters) throws(PostgresError) {
    try Element.encode(self, into: &parameters)
  }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  /// Reads the array as its elements' type wants it.
  public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
    guard let elements = Element.decode(text) else { return nil }
    self = elements
  }
}

extension FixedWidthInteger where Self: PostgresArrayElement & PostgresDecodable {
  /// Encodes as `{1,2,3}`.
  public static func encode(_ elements: [Self], into parameters: inout PostgresParameters) throws(PostgresError) {
    var text = "{"
    for element in elements {
      if text.utf8.count > 1 { text += "," }
      text += String(element)
    }
    try parameters.append(text: text + "}")
  }

  /// Reads `{1,2,3}`.
  public static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [Self]? {
    decodeArray(text)
  }
}

extension Int64: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}

extension String: PostgresArrayElement {
  /// Encodes as `{"one","two"}`.
  public static func encode(_ elements: [String], into parameters: inout PostgresParameters) throws(PostgresError) {
    var text = "{"
    for element in elements {
      if text.utf8.count > 1 { text += "," }
      text += "\""
      for scalar in element.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { text += "\\" }
        text.unicodeScalars.append(scalar)
      }
      text += "\""
    }
    try parameters.append(text: text + "}")
  }

  /// Reads `{one,"two, with quotes"}`.
  public static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [String]? {
    decodeArray(text)
  }
}

extension UInt8: PostgresArrayElement {
  /// Encodes bytes as they are.
  public static func encode(_ elements: [UInt8], into parameters: inout PostgresParameters) throws(PostgresError) {
    parameters.append(binary: elements)
  }

  /// Reads the hexadecimal form of `bytea`.
  public static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard text.count >= 2, text.count.isMultiple(of: 2), text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x")
    else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2 - 1)
    for index in stride(from: 2, to: text.count, by: 2) {
      guard let high = hexDigit(text[index]), let low = hexDigit(text[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  default: nil
  }
}

/// Reads a one-dimensional array without NULLs from its text form.
private func decodeArray<Element: PostgresDecodable>(_ text: UnsafeBufferPointer<UInt8>) -> [Element]? {
  guard text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}"), text.count >= 2 else { return nil }
  let body = text[1..<(text.count - 1)]
  guard !body.isEmpty else { return [] }

  var elements: [Element] = []
  var element: [UInt8] = []
  var wasQuoted = false
  var isQuoted = false
  var isEscaped = false

  func finish() -> Bool {
    // An element written as NULL without quotes is the null value.
    guard wasQuoted || element != Array("NULL".utf8),
      let value = element.withUnsafeBufferPointer(Element.init(postgresText:))
    else { return false }
    elements.append(value)
    element.removeAll(keepingCapacity: true)
    wasQuoted = false
    return true
  }

  for byte in body {
    if isEscaped {
      element.append(byte)
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isQuoted.toggle()
      wasQuoted = true
    } else if isQuoted {
      element.append(byte)
    } else if byte == UInt8(ascii: ",") {
      guard finish() else { return nil }
    } else if byte == UInt8(ascii: "{") {
      return nil
    } else {
      element.append(byte)
    }
  }
  return finish() && !isQuoted ? elements : nil
}
