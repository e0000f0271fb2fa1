/// Any JSON value, kept without loss: a number is its text, an object keeps the order of its members.
///
/// ```swift
/// let value = try JSONValue(parsing: #"{"total": 12345678901234567890.10}"#)
/// value["total"]           // .number("12345678901234567890.10")
/// value.serialized         // {"total":12345678901234567890.10}
/// ```
public enum JSONValue: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as it was written.
  case number(JSONNumber)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object.
  case object(JSONObject)
}

extension JSONValue {
  /// Reads one JSON document (RFC 8259) that fills `bytes`; white space may surround it.
  public init(parsing bytes: some Collection<UInt8>, maximumDepth: Int = 128) throws(JSONParseError) {
    let contiguous = bytes.withContiguousStorageIfAvailable { buffer in
      JSONParser.parse(buffer, maximumDepth: maximumDepth)
    }
    let result = contiguous ?? Array(bytes).withUnsafeBufferPointer { JSONParser.parse($0, maximumDepth: maximumDepth) }
    self = try result.get()
  }

  /// Reads one JSON document that fills `text`.
  public init(parsing text: String) throws(JSONParseError) {
    try self.init(parsing: text.utf8)
  }

  /// The value as compact JSON text.
  public var serialized: String {
    String(decoding: serializedBytes, as: UTF8.self)
  }

  /// The value as compact JSON in UTF-8.
  public var serializedBytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}

extension JSONValue {
  /// A number with this integer value.
  public static func integer(_ value: some FixedWidthInteger) -> JSONValue {
    .number(JSONNumber(value))
  }

  /// The member `name` of an object; nil for a missing member and for anything that is no object.
  public subscript(name: String) -> JSONValue? {
    objectValue?[name]
  }

  /// Whether this is `null`.
  public var isNull: Bool {
    self == .null
  }

  /// The text of a string, else nil.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The value of a whole number that fits 64 bits and is written without fraction and exponent, else nil.
  public var int64Value: Int64? {
    if case .number(let value) = self { value.int64 } else { nil }
  }

  /// The truth of a boolean, else nil.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array, else nil.
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members of an object, else nil.
  public var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }
}

// Not by `nil`: an optional value and JSON's null would be hard to tell apart.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
  /// A number, in the shortest text that gives the same `Double`; `null` for what JSON cannot write.
  public init(floatLiteral value: Double) { self = JSONNumber(value).map(JSONValue.number) ?? .null }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON text.
  public var description: String { serialized }
}
