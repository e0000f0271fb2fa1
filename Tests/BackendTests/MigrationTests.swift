import LambdaRuntime
import Postgres
import TestSupport
import Testing

@testable import Backend

@Suite struct MigrationTests {
  @Test func anEmptyDatabaseGetsTheSchema() async throws {
    try await onDatabase { database in
      let migration = Migration(database: database)
      let planned = try await migration.run(isDryRun: true)
      #expect(planned == .statements(Schema.statements))
      #expect(try await migration.run(isDryRun: true) == .statements(Schema.statements), "a dry run changes nothing")
      #expect(try await migration.run(isDryRun: false) == .statements(Schema.statements))
      #expect(try await migration.run(isDryRun: false) == .statements([]), "the second time there is nothing to do")
    }
  }

  @Test func thePrintedSchemaIsTheMigratedOne() async throws {
    try await onDatabase { printed in
      for statement in Schema.statements { _ = try await printed.query(SQL(schema: statement)) }
      #expect(try await Migration(database: printed).run(isDryRun: false) == .statements([]))
      try await onDatabase { migrated in
        _ = try await Migration(database: migrated).run(isDryRun: false)
        #expect(try await snapshot(of: printed) == snapshot(of: migrated))
      }
    }
  }

  @Test func twoAtOnceMigrateOnce() async throws {
    let url = try await TestDatabase.make().url
    let outcomes = try await withThrowingTaskGroup(of: Migration.Outcome.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let database = try PostgresPool(url: url, size: 1)
          let outcome = try await Migration(database: database).run(isDryRun: false)
          await database.close()
          return outcome
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == .statements(Schema.statements) }.count == 1)
    #expect(outcomes.filter { $0 == .statements([]) }.count == 3)
  }

  /// The tables as somebody may have them who knew nothing of watermarks.
  private static let plain = [
    "CREATE TABLE users (id bigserial PRIMARY KEY, phone_number varchar UNIQUE)",
    """
    CREATE TABLE conversations (
      id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
      updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, title text)
    """,
    """
    CREATE TABLE messages (
      id bigint PRIMARY KEY, conversation_id bigint NOT NULL REFERENCES conversations ON DELETE CASCADE,
      role text NOT NULL, content text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())
    """,
    """
    CREATE TABLE conversation_memories (
      id bigserial PRIMARY KEY, conversation_id bigint NOT NULL UNIQUE REFERENCES conversations ON DELETE CASCADE,
      memory_data jsonb NOT NULL, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now())
    """,
    "CREATE INDEX conversations_updated_at_idx ON conversations (updated_at)",
  ]

  private static let plainRows = [
    "INSERT INTO users (phone_number) VALUES ('+15551234567')",
    // 1 has no memory, 2 a memory of all, 3 a memory of its first message, 4 no messages.
    "INSERT INTO conversations (user_id, updated_at) SELECT 1, now() - interval '5 hours' FROM generate_series(1, 4)",
    """
    INSERT INTO messages (id, conversation_id, role, content, created_at)
    SELECT 10 * c + m, c, 'user', 'Hello', now() - interval '9 hours' + m * interval '2 hours'
    FROM generate_series(1, 3) c, generate_series(1, 2) m
    """,
    "INSERT INTO conversation_memories (conversation_id, memory_data) VALUES (2, '{}')",
    """
    INSERT INTO conversation_memories (conversation_id, memory_data, updated_at)
    VALUES (3, '{}', now() - interval '6 hours')
    """,
  ]

  @Test func anOlderDatabaseKeepsItsRowsAndKnowsWhatIsDue() async throws {
    let url = try await TestDatabase.make().url
    let database = try PostgresPool(url: url, size: 1)
    for statement in Self.plain + Self.plainRows { _ = try await database.query(SQL(schema: statement)) }
    let migration = Migration(database: database)
    let planned = try await migration.run(isDryRun: true)
    let migrated = try await migration.run(isDryRun: false)
    #expect(planned == migrated, "the dry run prints what then runs")
    guard case .statements(let statements) = migrated else {
      Issue.record("\(migrated)")
      return
    }
    #expect(!statements.isEmpty)
    #expect(try await migration.run(isDryRun: false) == .statements([]))
    await database.close()

    let function = try await Main.initialize(
      LambdaEnvironment(TestBackend.environment(databaseURL: url, sqs: "http://127.0.0.1:1")))
    let looking = try PostgresPool(url: url, size: 1)
    try await ScriptedHTTPServer.run(TestBackend.acceptingQueue) { queue in
      let backend = TestBackend(handler: function, database: looking, queue: queue)
      let covered = try await looking.query("SELECT covered_message_id, last_message_id FROM conversations ORDER BY id")
      #expect(try covered.map { try $0.decode(0, as: Int64.self) } == [0, 22, 31, 0])
      #expect(try covered.map { try $0.decode(1, as: Int64.self) } == [12, 22, 32, 0])
      #expect(try await backend.dueCount() == 2)
      #expect(try await backend.append(to: 4) == 33)
      #expect(try await backend.save("{}", of: 1).status == 201)
      #expect(try await backend.dueCount() == 1)
      #expect(try await backend.post("/users", #"{"phone_number":"+15551234567"}"#).status == 200)
    }
    await looking.close()
  }

  @Test(
    arguments: [
      ("ALTER TABLE messages ALTER COLUMN content TYPE varchar(10)", "messages.content is character varying(10)"),
      ("ALTER TABLE users ALTER COLUMN phone_number TYPE bytea USING ''", "users.phone_number is bytea"),
      ("ALTER TABLE conversations ADD COLUMN kind text NOT NULL", "conversations.kind is NOT NULL without a default"),
      ("ALTER TABLE messages ALTER COLUMN provider_message_id SET NOT NULL", "DROP NOT NULL"),
      ("ALTER TABLE conversations ALTER COLUMN due_slot DROP EXPRESSION", "conversations.due_slot is not generated"),
      (
        """
        ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey,
          ADD FOREIGN KEY (conversation_id) REFERENCES conversations
        """, "messages_conversation_id_fkey FOREIGN KEY"
      ),
      (
        "ALTER TABLE messages DROP CONSTRAINT messages_role_check, ADD CONSTRAINT messages_role_check CHECK (role <> '')",
        "messages_role_check CHECK"
      ),
      (
        "DROP INDEX conversations_due_idx; CREATE INDEX conversations_due_idx ON conversations (id)",
        "The index conversations_due_idx is"
      ),
      (
        """
        DROP TRIGGER messages_after_insert ON messages;
        CREATE TRIGGER messages_after_insert BEFORE INSERT ON messages FOR EACH ROW
        EXECUTE FUNCTION conversation_memories_after_delete()
        """, "The trigger messages_after_insert is"
      ),
    ])
  func whatIsNotAdditiveIsRefused(_ change: String, _ reason: String) async throws {
    try await onDatabase { database in
      _ = try await Migration(database: database).run(isDryRun: false)
      for statement in change.split(separator: ";") { _ = try await database.query(SQL(schema: String(statement))) }
      // Something additive is missing too, and stays so.
      _ = try await database.query("DROP INDEX conversations_user_id_idx")
      let before = try await snapshot(of: database)
      guard case .refused(let reasons) = try await Migration(database: database).run(isDryRun: false) else {
        Issue.record("it was not refused")
        return
      }
      #expect(reasons.count == 1)
      #expect(reasons.first?.contains(reason) == true, "\(reasons)")
      #expect(try await snapshot(of: database) == before)
    }
  }

  @Test func allReasonsAreListed() async throws {
    try await onDatabase { database in
      _ = try await database.query("CREATE TABLE users (id integer PRIMARY KEY, phone_number varchar(20) UNIQUE)")
      _ = try await database.query("CREATE TABLE conversations (id bigserial PRIMARY KEY)")
      _ = try await database.query("INSERT INTO conversations DEFAULT VALUES")
      _ = try await database.query("CREATE TABLE messages (id bigserial PRIMARY KEY, created_at timestamp)")
      guard case .refused(let reasons) = try await Migration(database: database).run(isDryRun: true) else {
        Issue.record("it was not refused")
        return
      }
      for expected in [
        "users.id is integer", "users.phone_number is", "messages.created_at is", "conversations.user_id",
      ] {
        #expect(reasons.contains { $0.contains(expected) }, "\(expected): \(reasons)")
      }
      #expect(reasons.count == 4)
    }
  }

  @Test(
    arguments: [
      ("DROP INDEX conversations_due_idx", "CREATE INDEX conversations_due_idx"),
      ("ALTER TABLE conversations DROP COLUMN due_slot", "ALTER TABLE conversations ADD COLUMN due_slot"),
      ("ALTER TABLE users DROP CONSTRAINT users_phone_number_key", "ALTER TABLE users ADD CONSTRAINT"),
      ("ALTER TABLE messages DROP CONSTRAINT messages_role_check", "ALTER TABLE messages ADD CONSTRAINT"),
      ("ALTER TABLE messages ALTER COLUMN created_at DROP DEFAULT", "SET DEFAULT now()"),
      ("ALTER TABLE messages ALTER COLUMN content DROP NOT NULL", "SET NOT NULL"),
      ("ALTER TABLE conversations RESET (fillfactor)", "SET (fillfactor = 85)"),
      ("DROP TRIGGER messages_after_insert ON messages", "CREATE TRIGGER messages_after_insert"),
      (
        "CREATE OR REPLACE FUNCTION messages_after_insert() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE OR REPLACE FUNCTION messages_after_insert()"
      ),
      (
        "CREATE OR REPLACE FUNCTION messages_after_delete() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE OR REPLACE FUNCTION messages_after_delete()"
      ),
      ("DROP TABLE conversation_memories", "CREATE TABLE conversation_memories"),
    ])
  func whatIsMissingIsAdded(_ change: String, _ statement: String) async throws {
    try await onDatabase { database in
      _ = try await Migration(database: database).run(isDryRun: false)
      let whole = try await snapshot(of: database)
      _ = try await database.query(SQL(schema: change))
      guard case .statements(let statements) = try await Migration(database: database).run(isDryRun: false) else {
        Issue.record("it was refused")
        return
      }
      #expect(statements.contains { $0.contains(statement) }, "\(statements)")
      #expect(try await snapshot(of: database) == whole)
    }
  }

  @Test func rowsThatAConstraintForbidsStopItAll() async throws {
    try await onDatabase { database in
      _ = try await Migration(database: database).run(isDryRun: false)
      _ = try await database.query("ALTER TABLE users DROP CONSTRAINT users_phone_number_key")
      _ = try await database.query("DROP INDEX conversations_user_id_idx")
      _ = try await database.query("INSERT INTO users (phone_number) VALUES ('+15551234567'), ('+15551234567')")
      let before = try await snapshot(of: database)
      let error = await #expect(throws: PostgresError.self) {
        try await Migration(database: database).run(isDryRun: false)
      }
      #expect(error?.sqlState == "23505")
      #expect(try await snapshot(of: database) == before)
    }
  }

  @Test func nullsThatAreForbiddenAreFoundBefore() async throws {
    try await onDatabase { database in
      _ = try await Migration(database: database).run(isDryRun: false)
      _ = try await database.query("ALTER TABLE users ALTER COLUMN phone_number DROP NOT NULL")
      _ = try await database.query("INSERT INTO users (phone_number) VALUES (NULL)")
      #expect(
        try await Migration(database: database).run(isDryRun: true)
          == .refused(["users.phone_number is NULL in some rows, and the models say NOT NULL. Fill it by hand first."]))
    }
  }
}

/// Lends an empty database.
func onDatabase(_ body: (PostgresPool) async throws -> Void) async throws {
  let database = try PostgresPool(url: try await TestDatabase.make().url, size: 1)
  try await body(database)
  await database.close()
}

/// What its schema holds.
func snapshot(of database: PostgresPool) async throws -> SchemaSnapshot {
  try await database.withConnection { try await SchemaSnapshot(on: $0) }
}
