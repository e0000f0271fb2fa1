import JSON

/// An event or an answer that knows its JSON.
public protocol LambdaEventCoding: Codable, Sendable, Equatable {}

extension LambdaEventCoding {
  /// Reads the value from the bytes of an invocation. Throws `JSONParseError` or `DecodingError`.
  public static func decode(from bytes: [UInt8]) throws -> Self {
    try JSONCoding.decode(Self.self, from: bytes)
  }

  /// The value as the JSON bytes of an answer.
  public func encoded() throws -> [UInt8] {
    try JSONCoding.encode(self)
  }
}
