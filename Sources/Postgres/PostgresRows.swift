import CLibpq

/// Owns libpq's result of one statement.
///
/// `@unchecked Sendable`: the result is complete before this object is made and nothing changes it afterwards (libpq's
/// accessors only read it); it is freed once, by the last owner.
final class ServerResult: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit {
    PQclear(pointer)
  }

  var status: ExecStatusType { PQresultStatus(pointer) }

  /// Whether the statement was run to its end.
  var isSuccess: Bool {
    switch status {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: true
    default: false
    }
  }

  /// What the statement was, as in `INSERT 0 1` or `ROLLBACK`.
  var commandTag: String { String(cString: PQcmdStatus(pointer)) }

  /// The error report; nil when the server sent none (the connection broke).
  var diagnostics: ServerDiagnostics? {
    guard let sqlState = field("C") else { return nil }
    return ServerDiagnostics(
      severity: field("V") ?? field("S"), sqlState: sqlState,
      message: field("M") ?? "", detail: field("D"),
      hint: field("H"), position: field("P").flatMap { Int($0) }, context: field("W"),
      schema: field("s"), table: field("t"), column: field("c"),
      dataType: field("d"), constraint: field("n"),
      sourceFile: field("F"), sourceLine: field("L").flatMap { Int($0) },
      sourceFunction: field("R"))
  }

  /// One field, by the letter that it has in the protocol (and in libpq's `PG_DIAG_…`, which Swift cannot import).
  private func field(_ code: Unicode.Scalar) -> String? {
    PQresultErrorField(pointer, Int32(code.value)).map { String(cString: $0) }
  }
}

/// The rows that a statement answered with, in order.
public struct PostgresRows: RandomAccessCollection, Sendable {
  let result: ServerResult

  /// The first row's index.
  public var startIndex: Int { 0 }
  /// The index after the last row's.
  public var endIndex: Int { Int(PQntuples(result.pointer)) }

  /// One row.
  public subscript(position: Int) -> PostgresRow {
    precondition(indices.contains(position), "row \(position) of \(count)")
    return PostgresRow(result: result, index: Int32(position))
  }
}

/// One row. It keeps the whole answer in memory as long as it lives.
public struct PostgresRow: Sendable {
  let result: ServerResult
  let index: Int32

  /// Reads the value of a column, counted from 0.
  public func decode<T: PostgresDecodable>(_ column: Int, as type: T.Type = T.self) throws(PostgresError) -> T {
    guard (0..<Int(PQnfields(result.pointer))).contains(column) else {
      throw PostgresError(.decoding, "the row has no column number \(column)")
    }
    let column = Int32(column)
    do throws(PostgresMismatch) {
      return try withExtendedLifetime(result) { () throws(PostgresMismatch) in try T(postgresText: text(column)) }
    } catch {
      let name = String(cString: PQfname(result.pointer, column))
      let isNull = PQgetisnull(result.pointer, index, column) == 1
      throw PostgresError(.decoding, "column \"\(name)\" \(isNull ? "is NULL," : "is") not a value of type \(T.self)")
    }
  }

  /// Reads the value of a column by its name.
  public func decode<T: PostgresDecodable>(_ name: String, as type: T.Type = T.self) throws(PostgresError) -> T {
    let column = PQfnumber(result.pointer, name)
    guard column >= 0 else { throw PostgresError(.decoding, "the row has no column \"\(name)\"") }
    return try decode(Int(column), as: type)
  }

  /// Calls `body` with the text of a column as the server sent it, without a copy; with nil when it is NULL.
  ///
  /// The buffer is valid only during the call.
  public func withText<R>(at column: Int, _ body: (UnsafeBufferPointer<UInt8>?) -> R) throws(PostgresError) -> R {
    guard (0..<Int(PQnfields(result.pointer))).contains(column) else {
      throw PostgresError(.decoding, "the row has no column number \(column)")
    }
    return withExtendedLifetime(result) { body(text(Int32(column))) }
  }

  /// The text of a column, nil when it is NULL. It is there as long as the result.
  private func text(_ column: Int32) -> UnsafeBufferPointer<UInt8>? {
    guard PQgetisnull(result.pointer, index, column) == 0, let value = PQgetvalue(result.pointer, index, column) else {
      return nil
    }
    let bytes = UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(result.pointer, index, column)))
    return bytes.assumingMemoryBound(to: UInt8.self)
  }
}
