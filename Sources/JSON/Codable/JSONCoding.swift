/// Reads and writes `Codable` values through `JSONValue`, without Foundation.
///
/// A member of type `JSONValue` keeps whatever was there, numbers included.
public enum JSONCoding {
  /// Reads a value from a JSON document. Throws `JSONParseError` or `DecodingError`.
  public static func decode<T: Decodable>(_ type: T.Type = T.self, from bytes: some Collection<UInt8>) throws -> T {
    try decode(type, from: JSONValue(parsing: bytes))
  }

  /// Reads a value from parsed JSON. Throws `DecodingError`.
  public static func decode<T: Decodable>(_ type: T.Type = T.self, from value: JSONValue) throws -> T {
    try JSONValueDecoder(value: value, path: .root).unbox(type)
  }

  /// Writes a value as compact JSON.
  public static func encode(_ value: some Encodable) throws -> [UInt8] {
    try encodeValue(value).serializedBytes
  }

  /// Turns a value into JSON.
  public static func encodeValue(_ value: some Encodable) throws -> JSONValue {
    try JSONValueEncoder.box(value, path: .root)
  }
}

extension JSONValue: Codable {
  /// Any JSON, without loss; only `JSONCoding` can give it.
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? JSONValueDecoder else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "JSONValue is decoded by JSONCoding only."))
    }
    self = decoder.value
  }

  /// Any JSON, without loss; only `JSONCoding` can take it.
  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? JSONValueEncoder else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoder.codingPath, debugDescription: "JSONValue is encoded by JSONCoding only."))
    }
    encoder.storage.value = self
  }
}

/// Where a coder is; made into an array only when somebody asks, which is when something went wrong.
indirect enum JSONCodingPath {
  case root
  case child(JSONCodingPath, any CodingKey)

  var keys: [any CodingKey] {
    switch self {
    case .root: []
    case .child(let parent, let key): parent.keys + [key]
    }
  }
}

/// A name or an index, for the ways into JSON that no `CodingKeys` declares.
struct JSONCodingKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
}
