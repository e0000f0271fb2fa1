import Postgres

extension SchemaSnapshot {
  /// What the catalog says of a database that is up to the models, read from temporary tables that are gone afterwards.
  ///
  /// They want no right but `TEMPORARY`, which everybody has unless it was taken away, and nobody else ever sees them.
  /// They have the types of the `live` columns where these will do: PostgreSQL words checks, indexes and generated
  /// columns by the types of the columns in them.
  static func ofModels(
    fitting live: SchemaSnapshot, on connection: PostgresConnection
  ) async throws(PostgresError) -> SchemaSnapshot {
    let tables = Schema.tables.map { $0.temporary(fitting: live.tables[$0.name]) }
    _ = try await connection.query("SAVEPOINT models")
    _ = try await connection.query("SET LOCAL search_path TO pg_temp")
    for statement in Schema.statements(of: tables) { _ = try await connection.query(SQL(schema: statement)) }
    let snapshot = try await SchemaSnapshot(on: connection)
    // The search path is taken back, too.
    _ = try await connection.query("ROLLBACK TO SAVEPOINT models")
    return snapshot
  }
}

extension Table {
  /// This table as it is made in the schema of temporary ones.
  fileprivate func temporary(fitting live: SchemaSnapshot.Table?) -> Table {
    var table = self
    table.columns = columns.map { $0.fitting(live?.columns[$0.name]) }
    // PostgreSQL looks for tables there by itself, but for functions only where it is told to.
    table.triggers = triggers.map { trigger in
      var trigger = trigger
      trigger.function.name = "pg_temp.\(trigger.function.name)"
      return trigger
    }
    return table
  }
}

extension Column {
  /// This column with the type that it has in a database already, where that will do as well.
  fileprivate func fitting(_ live: SchemaSnapshot.Column?) -> Column {
    // Without a length, character varying is text by another name.
    guard type == .text, live?.type == DataType.varchar.rawValue else { return self }
    var column = self
    column.type = .varchar
    return column
  }
}
