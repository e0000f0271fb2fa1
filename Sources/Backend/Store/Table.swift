/// A table as the models declare it: what `schema` prints and `migrate` brings a database up to.
///
/// All text in here is SQL of the source's own; none of it ever comes from input.
struct Table: Sendable {
  let name: String
  var columns: [Column]
  let constraints: [Constraint]
  var indexes: [Index] = []
  var triggers: [Trigger] = []
  /// Storage parameters, such as `fillfactor`.
  var storage: [StorageParameter] = []
}

/// A column of a table.
struct Column: Sendable {
  enum DataType: String, Sendable {
    case bigint, integer, text, jsonb
    case timestamp = "timestamp with time zone"
    case varchar = "character varying"
  }

  /// Where a value comes from when the statement gives none.
  enum Source: Sendable, Equatable {
    case statement
    case defaultExpression(String)
    case identity
    case generated(String)
  }

  let name: String
  var type: DataType
  let isNullable: Bool
  let source: Source
  /// The statement that fills this column when it is added to a table that has rows already.
  let backfill: String?

  init(
    _ name: String, _ type: DataType, nullable: Bool = false, default expression: String? = nil,
    generated: String? = nil, backfill: String? = nil
  ) {
    self.name = name
    self.type = type
    self.isNullable = nullable
    self.source =
      generated.map(Source.generated) ?? expression.map(Source.defaultExpression) ?? .statement
    self.backfill = backfill
  }

  private init(identity name: String) {
    self.name = name
    type = .bigint
    isNullable = false
    source = .identity
    backfill = nil
  }

  /// The key that the database counts up by itself.
  static let id = Column(identity: "id")
}

/// A constraint of a table, named as PostgreSQL would name it.
struct Constraint: Sendable {
  enum Rule: Sendable {
    case primaryKey(String)
    case unique(String)
    case foreignKey(String, references: String, onDelete: String?)
    case check(String, String)
  }

  let rule: Rule

  static func primaryKey(_ column: String) -> Self { Self(rule: .primaryKey(column)) }
  static func unique(_ column: String) -> Self { Self(rule: .unique(column)) }
  /// Without `onDelete`, any behaviour that an existing database chose will do.
  static func foreignKey(_ column: String, references table: String, onDelete: String? = nil) -> Self {
    Self(rule: .foreignKey(column, references: table, onDelete: onDelete))
  }
  static func check(_ column: String, _ expression: String) -> Self { Self(rule: .check(column, expression)) }
}

/// An index that no constraint brings with it.
struct Index: Sendable {
  let name: String
  let columns: [String]
  var isUnique = false
  /// The condition of a partial index.
  var predicate: String?
}

/// A trigger and the function that it calls.
struct Trigger: Sendable {
  let name: String
  /// When it fires, as in `AFTER INSERT`.
  let event: String
  /// What it is fired for, as in `FOR EACH ROW`.
  let scope: String
  var function: Function
}

/// A function in PL/pgSQL that triggers call.
struct Function: Sendable, Equatable {
  var name: String
  let body: String
}

struct StorageParameter: Sendable, Equatable {
  let name: String
  let value: String
}
