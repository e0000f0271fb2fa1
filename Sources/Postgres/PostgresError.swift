/// What went wrong with a statement or a connection.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The ways in which work with PostgreSQL fails.
  public enum Kind: Sendable, Hashable {
    /// The server refused the statement; ``PostgresError/diagnostics`` says why.
    case server
    /// The connection was lost while the statement ran: whether it took effect is unknown.
    case connectionLost
    /// No connection could be made.
    case couldNotConnect
    /// The statement ran longer than allowed and was cancelled.
    case timedOut
    /// The task was cancelled before the statement had ended; it had no effect.
    case cancelled
    /// A parameter cannot be sent to PostgreSQL.
    case encoding
    /// A column is not what the program expected.
    case decoding
    /// The connection string is malformed.
    case configuration
    /// The pool has been closed.
    case closed
  }

  /// The way it failed.
  public var kind: Kind
  /// One sentence for people. It never contains the password of the connection string.
  public var message: String
  /// The server's own report, when there is one.
  public var diagnostics: ServerDiagnostics?
  /// The text of the statement that failed, when it was one.
  public var statement: String?

  init(_ kind: Kind, _ message: String, diagnostics: ServerDiagnostics? = nil, statement: String? = nil) {
    self.kind = kind
    self.message = message
    self.diagnostics = diagnostics
    self.statement = statement
  }

  /// The five-character SQLSTATE, such as `23505` for a unique violation.
  public var sqlState: String? { diagnostics?.sqlState }
  /// The name of the violated constraint.
  public var constraint: String? { diagnostics?.constraint }

  /// The message with SQLSTATE and hint. The server's detail is left out on purpose: it quotes rows, which do not
  /// belong into logs; read it from ``diagnostics``.
  public var description: String {
    var text = message
    if let sqlState { text += " (SQLSTATE \(sqlState))" }
    if let hint = diagnostics?.hint { text += "; hint: \(hint)" }
    return text
  }
}

/// The fields of an error report of the server.
public struct ServerDiagnostics: Sendable, Equatable {
  /// `ERROR`, `FATAL` or `PANIC`, whatever the server's language.
  public var severity: String?
  /// The five-character SQLSTATE.
  public var sqlState: String
  /// The primary message.
  public var message: String
  /// The secondary message; may quote values of rows.
  public var detail: String?
  /// What to do about it.
  public var hint: String?
  /// The place in the statement, in characters from 1.
  public var position: Int?
  /// The call stack of functions and queries.
  public var context: String?
  /// The schema of the object concerned.
  public var schema: String?
  /// The table concerned.
  public var table: String?
  /// The column concerned.
  public var column: String?
  /// The data type concerned.
  public var dataType: String?
  /// The constraint concerned.
  public var constraint: String?
  /// The place in the server's source: file.
  public var sourceFile: String?
  /// The place in the server's source: line.
  public var sourceLine: Int?
  /// The place in the server's source: function.
  public var sourceFunction: String?
}
