import Postgres

/// What a schema of a database holds, as its catalog tells it.
///
/// PostgreSQL rewrites expressions when it stores them. Two snapshots compare all the same, because both have its
/// wording: the one of the models is read from tables that the models' own statements have just made.
struct SchemaSnapshot: Sendable, Equatable {
  struct Column: Sendable, Equatable {
    var type: String
    var isNullable: Bool
    var defaultExpression: String?
    var isIdentity = false
    var generatedExpression: String?
  }

  struct Table: Sendable, Equatable {
    var columns: [String: Column] = [:]
    /// Definitions of keys, foreign keys and checks by their names.
    var constraints: [String: String] = [:]
    /// Definitions, without the name in them, of the indexes that no constraint brought, by their names.
    var indexes: [String: String] = [:]
    var triggers: [String: String] = [:]
    var storage: [String] = []
  }

  var tables: [String: Table] = [:]
  /// Bodies of trigger functions by their names.
  var functions: [String: String] = [:]
}

extension SchemaSnapshot {
  /// Reads the current schema, which has to be the only one in the search path.
  init(on connection: PostgresConnection) async throws(PostgresError) {
    for row in try await connection.query(Self.columns) {
      let expression: String? = try row.decode(4)
      let isGenerated: Bool = try row.decode(6)
      tables[try row.decode(0), default: Table()].columns[try row.decode(1)] = Column(
        type: try row.decode(2), isNullable: try row.decode(3), defaultExpression: isGenerated ? nil : expression,
        isIdentity: try row.decode(5), generatedExpression: isGenerated ? expression : nil)
    }
    for row in try await connection.query(Self.constraints) {
      tables[try row.decode(0), default: Table()].constraints[try row.decode(1)] = try row.decode(2)
    }
    for row in try await connection.query(Self.indexes) {
      tables[try row.decode(0), default: Table()].indexes[try row.decode(1)] = try row.decode(2)
    }
    for row in try await connection.query(Self.triggers) {
      tables[try row.decode(0), default: Table()].triggers[try row.decode(1)] = try row.decode(2)
    }
    for row in try await connection.query(Self.storage) {
      tables[try row.decode(0), default: Table()].storage.append(try row.decode(1))
    }
    for row in try await connection.query(Self.functions) {
      functions[try row.decode(0)] = try row.decode(1)
    }
  }

  private static let columns = SQL(
    """
    SELECT relname::text, attname::text, format_type(atttypid, atttypmod), NOT attnotnull,
      pg_get_expr(adbin, adrelid), attidentity <> '', attgenerated <> ''
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind IN ('r', 'p')
    ORDER BY relname, attnum
    """)

  private static let constraints = SQL(
    """
    SELECT relname::text, conname::text, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_class JOIN pg_constraint ON conrelid = pg_class.oid AND contype IN ('p', 'u', 'f', 'c')
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    """)

  private static let indexes = SQL(
    """
    SELECT owner.relname::text, entry.relname::text,
      replace(pg_get_indexdef(entry.oid, 0, true), format(' %I ON ', entry.relname), ' ON ')
    FROM pg_index JOIN pg_class owner ON owner.oid = indrelid JOIN pg_class entry ON entry.oid = indexrelid
    WHERE owner.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND indisvalid
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    """)

  // A temporary function is named with its schema, which makes no difference here.
  private static let triggers = SQL(
    """
    SELECT relname::text, tgname::text,
      regexp_replace(
        pg_get_triggerdef(pg_trigger.oid, true), 'EXECUTE FUNCTION pg_temp(_[0-9]+)?[.]', 'EXECUTE FUNCTION ')
    FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid AND NOT tgisinternal
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    """)

  private static let storage = SQL(
    """
    SELECT relname::text, unnest(reloptions) FROM pg_class
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind IN ('r', 'p')
    """)

  private static let functions = SQL(
    """
    SELECT proname::text, prosrc FROM pg_proc
    WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
      AND prorettype = 'trigger'::regtype
    """)
}
