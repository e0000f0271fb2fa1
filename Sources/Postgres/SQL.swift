/// A SQL statement's text.
///
/// A statement that takes values from outside can only be written as a literal, with `$1`, `$2`… where the values go,
/// so that no SQL is ever put together from input:
///
/// ```swift
/// static let find = SQL("SELECT id FROM users WHERE phone_number = $1", retryable: true)
/// let rows = try await pool.query(find, phoneNumber)
/// ```
public struct SQL: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  enum Source: Sendable {
    /// A literal: prepared on first use of a connection, and found again by its address.
    case literal(StaticString)
    /// Text derived from the declared models: run once, never prepared.
    case schema(String)
  }

  let source: Source

  /// Whether the statement may run twice with the effect of once: it is then repeated when the connection was lost while
  /// it ran, where any other statement fails with ``PostgresError/Kind/connectionLost``.
  public let isRetryable: Bool

  /// A statement from a literal.
  public init(_ text: StaticString, retryable: Bool = false) {
    self.source = .literal(text)
    self.isRetryable = retryable
  }

  /// A statement from a literal, written in place: `pool.query("SELECT 1")`.
  public init(stringLiteral text: StaticString) {
    self.init(text)
  }

  /// A statement of the data definition language that is derived from the models, such as `CREATE TABLE`.
  ///
  /// Only for DDL: names of tables and columns cannot be parameters. The text must come from declarations in the source,
  /// never from input.
  public init(schema text: String) {
    self.source = .schema(text)
    self.isRetryable = false
  }

  /// The statement's text.
  public var description: String {
    switch source {
    case .literal(let text): text.description
    case .schema(let text): text
    }
  }
}

/// A statement with its parameters, ready to send.
struct PostgresStatement: Sendable {
  let sql: SQL
  let parameters: PostgresParameters

  init(_ sql: SQL, parameters: [any PostgresEncodable] = []) throws(PostgresError) {
    var encoded = PostgresParameters()
    for parameter in parameters { try parameter.encode(into: &encoded) }
    self.sql = sql
    self.parameters = encoded
  }
}
