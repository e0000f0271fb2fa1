import Postgres
import TestSupport
import Testing

@testable import Backend

/// Databases of somebody else's making that differ from the models and are as good.
@Suite struct MigrationDeviationTests {
  /// Tables as SQLAlchemy makes them, whose `String` is varchar.
  private static let varchar = [
    "CREATE TABLE users (id bigserial PRIMARY KEY, phone_number varchar NOT NULL UNIQUE)",
    """
    CREATE TABLE conversations (
      id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, updated_at timestamptz NOT NULL)
    """,
    """
    CREATE TABLE messages (
      id bigserial PRIMARY KEY, conversation_id bigint NOT NULL REFERENCES conversations ON DELETE CASCADE,
      role varchar NOT NULL, content varchar NOT NULL, provider_message_id varchar)
    """,
    """
    CREATE TABLE conversation_memories (
      id bigserial PRIMARY KEY, conversation_id bigint NOT NULL UNIQUE REFERENCES conversations ON DELETE CASCADE,
      memory_data jsonb NOT NULL, memory_data_as_sent varchar)
    """,
  ]

  @Test func whatWasMigratedIsAccepted() async throws {
    try await onDatabase { database in
      for statement in Self.varchar { _ = try await database.query(SQL(schema: statement)) }
      let migration = Migration(database: database)
      guard case .statements(let statements) = try await migration.run(isDryRun: false) else {
        Issue.record("it was refused")
        return
      }
      #expect(statements.contains { $0.contains("ADD CONSTRAINT messages_role_check") })
      let migrated = try await snapshot(of: database)
      #expect(try await migration.run(isDryRun: true) == .statements([]))
      #expect(try await migration.run(isDryRun: false) == .statements([]))
      #expect(try await snapshot(of: database) == migrated)
    }
  }

  @Test(
    arguments: [
      "ALTER TABLE users ALTER COLUMN phone_number TYPE varchar",
      """
      ALTER TABLE messages ALTER COLUMN content TYPE varchar;
      ALTER TABLE messages ALTER COLUMN provider_message_id TYPE varchar
      """,
      // The check was made for varchar, and has another name.
      """
      ALTER TABLE messages DROP CONSTRAINT messages_role_check; ALTER TABLE messages ALTER COLUMN role TYPE varchar;
      ALTER TABLE messages ADD CONSTRAINT known_role CHECK (role IN ('user', 'assistant', 'system'))
      """,
      "ALTER INDEX conversations_user_id_idx RENAME TO conversations_of_user",
      """
      ALTER TABLE conversations DROP CONSTRAINT conversations_user_id_fkey;
      ALTER TABLE conversations ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE
      """,
      """
      ALTER TABLE users ALTER COLUMN id DROP IDENTITY; CREATE SEQUENCE users_id_seq OWNED BY users.id;
      ALTER TABLE users ALTER COLUMN id SET DEFAULT nextval('users_id_seq')
      """,
      """
      ALTER TABLE conversations ADD COLUMN title varchar(80) NOT NULL DEFAULT '';
      CREATE INDEX ON conversations (updated_at); CREATE TABLE notes (id bigint)
      """,
    ])
  func whatWillDoAsWellStays(_ change: String) async throws {
    try await onDatabase { database in
      let migration = Migration(database: database)
      _ = try await migration.run(isDryRun: false)
      for statement in change.split(separator: ";") { _ = try await database.query(SQL(schema: String(statement))) }
      let changed = try await snapshot(of: database)
      #expect(try await migration.run(isDryRun: true) == .statements([]))
      #expect(try await migration.run(isDryRun: false) == .statements([]))
      #expect(try await snapshot(of: database) == changed)
    }
  }
}
