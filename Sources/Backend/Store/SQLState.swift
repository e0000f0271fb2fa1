/// The codes of PostgreSQL's errors that the Backend tells apart.
enum SQLState {
  static let uniqueViolation = "23505"
  static let undefinedTable = "42P01"
  static let undefinedColumn = "42703"
  static let undefinedFunction = "42883"
}
