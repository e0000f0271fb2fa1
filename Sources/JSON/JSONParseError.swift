/// Why a text is not JSON, and where.
public struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, as a sentence for people.
  public let reason: String
  /// Bytes before the fault.
  public let offset: Int
  /// The fault's line, from 1.
  public let line: Int
  /// The fault's byte within its line, from 1.
  public let column: Int
  /// The innermost value that was being read, as an RFC 6901 JSON pointer; empty for the document itself.
  public let pointer: String

  /// The reason and the place.
  public var description: String {
    "\(reason) (line \(line), column \(column))"
  }
}
