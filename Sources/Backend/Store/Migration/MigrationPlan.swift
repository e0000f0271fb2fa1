/// What brings a database up to the models, and what would have to be done by hand first.
///
/// A pure function of two snapshots: nothing here talks to a database.
struct MigrationPlan: Sendable, Equatable {
  /// A question to the database that stands in the way when the answer is yes.
  struct Obstacle: Sendable, Equatable {
    /// `SELECT EXISTS (…)`.
    let question: String
    let refusal: String
  }

  /// Additive statements in the order in which they run.
  var statements: [String] { steps.sorted { $0.stage < $1.stage }.map(\.statement) }
  /// What is not additive, for people.
  private(set) var refusals: [String] = []
  /// What is additive only while the rows allow it.
  private(set) var obstacles: [Obstacle] = []

  private var steps: [Step] = []

  private struct Step: Sendable, Equatable {
    let stage: Stage
    let statement: String
  }

  /// Stages run one after the other; what one needs, an earlier one has made.
  private enum Stage: Int, Comparable {
    case tables, columns, defaults, backfills, notNull, constraints, indexes, functions, triggers, storage

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// Compares what a database has with what it is to have; `wanted` is the snapshot of `tables`, made to fit `live`.
  init(from live: SchemaSnapshot, to wanted: SchemaSnapshot, tables: [Table] = Schema.tables) {
    for table in tables {
      guard let wantedTable = wanted.tables[table.name] else { continue }
      if let liveTable = live.tables[table.name] {
        compareColumns(of: table, liveTable, wantedTable)
        compareConstraints(of: table, liveTable, wantedTable)
        compareIndexes(of: table, liveTable, wantedTable)
        compareTriggers(of: table, liveTable, wantedTable)
        for parameter in table.storage where !liveTable.storage.contains("\(parameter.name)=\(parameter.value)") {
          add(.storage, "ALTER TABLE \(table.name) SET (\(parameter.definition))")
        }
      } else {
        add(.tables, table.createStatement)
        for index in table.indexes { add(.indexes, table.createStatement(for: index)) }
        for trigger in table.triggers { add(.triggers, table.createStatement(for: trigger)) }
      }
      for function in table.functions where live.functions[function.name] != wanted.functions[function.name] {
        add(.functions, function.createStatement)
      }
    }
    // A table's columns are filled from those of the tables that refer to it, so these come first.
    for table in tables.reversed() {
      guard let liveTable = live.tables[table.name] else { continue }
      for column in table.columns where liveTable.columns[column.name] == nil {
        if let backfill = column.backfill { add(.backfills, backfill) }
      }
    }
  }

  private mutating func add(_ stage: Stage, _ statement: String) {
    steps.append(Step(stage: stage, statement: statement))
  }

  private mutating func compareColumns(
    of table: Table, _ live: SchemaSnapshot.Table, _ wanted: SchemaSnapshot.Table
  ) {
    for column in table.columns {
      guard let wantedColumn = wanted.columns[column.name] else { continue }
      if let liveColumn = live.columns[column.name] {
        compare(column, of: table, liveColumn, wantedColumn)
      } else {
        add(.columns, "ALTER TABLE \(table.name) ADD COLUMN \(column.definition)")
        if !column.isNullable, column.source == .statement {
          obstacles.append(
            Obstacle(
              question: "SELECT EXISTS (SELECT 1 FROM \(table.name))",
              refusal: """
                \(table.name).\(column.name) is missing. It is NOT NULL and has no default, and \(table.name) has rows \
                that it would have to be made up for.
                """))
        }
      }
    }
    for (name, column) in live.columns.sorted(by: { $0.key < $1.key }) where wanted.columns[name] == nil {
      let hasValue = column.isNullable || column.defaultExpression != nil || column.isIdentity
      guard !hasValue, column.generatedExpression == nil else { continue }
      refusals.append(
        """
        \(table.name).\(name) is NOT NULL without a default and unknown to the models: no row could be inserted. \
        By hand: ALTER TABLE \(table.name) ALTER COLUMN \(name) DROP NOT NULL
        """)
    }
  }

  private mutating func compare(
    _ column: Column, of table: Table, _ live: SchemaSnapshot.Column, _ wanted: SchemaSnapshot.Column
  ) {
    let name = "\(table.name).\(column.name)"
    let alter = "ALTER TABLE \(table.name) ALTER COLUMN \(column.name)"
    guard live.type == wanted.type else {
      refusals.append(
        "\(name) is \(live.type), and the models say \(wanted.type). By hand: \(alter) TYPE \(wanted.type)")
      return
    }
    guard live.generatedExpression == wanted.generatedExpression else {
      refusals.append(
        """
        \(name) is \(live.generatedExpression.map { "generated as \($0)" } ?? "not generated"), and the models say \
        \(wanted.generatedExpression.map { "generated as \($0)" } ?? "not generated").
        """)
      return
    }
    switch column.source {
    case .identity: compareIdentity(column, of: table, live)
    case .defaultExpression(let expression) where live.defaultExpression != wanted.defaultExpression:
      add(.defaults, "\(alter) SET DEFAULT \(expression)")
    case .statement, .defaultExpression, .generated: break
    }
    if live.isNullable, !wanted.isNullable {
      add(.notNull, "\(alter) SET NOT NULL")
      obstacles.append(
        Obstacle(
          question: "SELECT EXISTS (SELECT 1 FROM \(table.name) WHERE \(column.name) IS NULL)",
          refusal: "\(name) is NULL in some rows, and the models say NOT NULL. Fill it by hand first."))
    } else if !live.isNullable, wanted.isNullable {
      refusals.append("\(name) is NOT NULL, and the models allow NULL. By hand: \(alter) DROP NOT NULL")
    }
  }

  private mutating func compareIdentity(_ column: Column, of table: Table, _ live: SchemaSnapshot.Column) {
    // The sequence's name is the one that PostgreSQL gives it for serial and identity columns; appending draws from it.
    let sequence = "\(table.name)_\(column.name)_seq"
    if let expression = live.defaultExpression {
      guard expression != "nextval('\(sequence)'::regclass)" else { return }
      refusals.append(
        "\(table.name).\(column.name) has the default \(expression), and the models say nextval('\(sequence)').")
    } else if !live.isIdentity {
      add(.defaults, "ALTER TABLE \(table.name) ALTER COLUMN \(column.name) ADD GENERATED BY DEFAULT AS IDENTITY")
      add(
        .backfills,
        "SELECT setval('\(sequence)', coalesce(max(\(column.name)), 0) + 1, false) FROM \(table.name)")
    }
  }

  private mutating func compareConstraints(
    of table: Table, _ live: SchemaSnapshot.Table, _ wanted: SchemaSnapshot.Table
  ) {
    for constraint in table.constraints {
      let name = table.name(of: constraint)
      guard let definition = wanted.constraints[name] else { continue }
      if live.constraints.values.contains(where: { constraint.isSatisfied(by: $0, definition) }) { continue }
      if let rival = live.constraints.first(where: { $0.key == name || constraint.excludes($0.value) }) {
        refusals.append(
          """
          \(table.name) has the constraint \(rival.key) \(rival.value), and the models say \(definition). \
          By hand: ALTER TABLE \(table.name) DROP CONSTRAINT \(rival.key), ADD CONSTRAINT \(name) \(definition)
          """)
      } else {
        add(.constraints, "ALTER TABLE \(table.name) ADD CONSTRAINT \(name) \(constraint.definition)")
      }
    }
  }

  private mutating func compareIndexes(
    of table: Table, _ live: SchemaSnapshot.Table, _ wanted: SchemaSnapshot.Table
  ) {
    for index in table.indexes {
      guard let definition = wanted.indexes[index.name], !live.indexes.values.contains(definition) else { continue }
      if let other = live.indexes[index.name] {
        refusals.append(
          "The index \(index.name) is \(other), and the models say \(definition). By hand: DROP INDEX \(index.name)")
      } else {
        add(.indexes, table.createStatement(for: index))
      }
    }
  }

  private mutating func compareTriggers(
    of table: Table, _ live: SchemaSnapshot.Table, _ wanted: SchemaSnapshot.Table
  ) {
    for trigger in table.triggers {
      let definition = wanted.triggers[trigger.name]
      guard let other = live.triggers[trigger.name] else {
        add(.triggers, table.createStatement(for: trigger))
        continue
      }
      if other != definition {
        refusals.append(
          """
          The trigger \(trigger.name) is \(other), and the models say \(definition ?? ""). \
          By hand: DROP TRIGGER \(trigger.name) ON \(table.name)
          """)
      }
    }
  }
}

extension Constraint {
  /// Whether a constraint that is there does what this one asks for; both definitions in PostgreSQL's wording.
  fileprivate func isSatisfied(by live: String, _ wanted: String) -> Bool {
    if case .foreignKey(_, _, onDelete: nil) = rule { return live == wanted || live.hasPrefix(wanted + " ON DELETE") }
    return live == wanted
  }

  /// Whether a constraint that is there cannot stand beside this one.
  fileprivate func excludes(_ live: String) -> Bool {
    switch rule {
    case .primaryKey: live.hasPrefix("PRIMARY KEY ")
    case .foreignKey(let column, _, _): live.hasPrefix("FOREIGN KEY (\(column)) ")
    case .unique, .check: false
    }
  }
}
