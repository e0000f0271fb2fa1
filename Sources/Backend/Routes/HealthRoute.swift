import JSON
import Postgres

extension Route {
  /// Healthy is what can answer from the database.
  static let health = Route("GET", "/health", open: true) { _, services in
    _ = try await services.database.query(SQL("SELECT 1", retryable: true))
    return .json { $0.raw(#"{"status":"ok"}"#) }
  }
}
