import Postgres

/// The table `users`.
struct UserStore: Sendable {
  let database: PostgresPool

  /// Finds a user.
  func find(_ id: Int64) async throws(PostgresError) -> UserRow? {
    try await database.query(
      SQL("SELECT id, phone_number, created_at FROM users WHERE id = $1", retryable: true), id
    ).first.map(UserRow.init)
  }

  /// Makes the user of a phone number, or finds the one there is.
  func create(phoneNumber: String) async throws -> (user: UserRow, isNew: Bool) {
    while true {
      let added = try await database.toleratingHandMadeIDs {
        try await database.query(
          """
          INSERT INTO users (phone_number) VALUES ($1) ON CONFLICT (phone_number) DO NOTHING
          RETURNING id, phone_number, created_at
          """, phoneNumber)
      }
      if let row = added.first { return (try UserRow(row), true) }
      let found = try await database.query(
        SQL("SELECT id, phone_number, created_at FROM users WHERE phone_number = $1", retryable: true), phoneNumber)
      if let row = found.first { return (try UserRow(row), false) }
      // The user was deleted in between.
    }
  }
}
