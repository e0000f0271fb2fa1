import Postgres

/// A row of `users`: somebody who writes to us.
struct UserRow: Sendable {
  let id: Int64
  let phoneNumber: String
  let createdAt: PostgresTimestamp

  static let table = Table(
    name: "users",
    columns: [
      .id,
      Column("phone_number", .text),
      Column("created_at", .timestamp, default: "now()"),
    ],
    constraints: [.primaryKey("id"), .unique("phone_number")])

  /// Reads a row of `id, phone_number, created_at`.
  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.decode(0)
    phoneNumber = try row.decode(1)
    createdAt = try row.decode(2)
  }
}
