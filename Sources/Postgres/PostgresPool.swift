import Synchronization

/// A small pool of connections to one database.
///
/// It connects when a connection is first needed, lends each one to one task at a time, and serves waiting tasks in
/// their order.
///
/// ```swift
/// let pool = try PostgresPool(url: "postgresql:///app?host=/run/postgresql", size: 4)
/// for row in try await pool.query("SELECT id, name FROM users WHERE id = $1", 7) {
///   print(try row.decode(0, as: Int64.self), try row.decode("name", as: String?.self) ?? "nobody")
/// }
/// ```
///
/// A connection that was closed while idle is found out and made anew before it is used. A statement whose connection
/// breaks while it runs fails with ``PostgresError/Kind/connectionLost``, unless it is ``SQL/isRetryable``.
public final class PostgresPool: Sendable {
  /// What a task gets from the pool, and gives back.
  private enum Lease {
    case connection(PostgresConnection)
    /// A place for a connection, which the task has to make.
    case place
  }

  private typealias Waiter = CheckedContinuation<Result<Lease, PostgresError>, Never>

  private struct State {
    /// How many more connections may be made.
    var places: Int
    var idle: [PostgresConnection] = []
    var waiters: [(id: Int, continuation: Waiter)] = []
    var lastWaiterID = 0
    var isClosed = false

    /// The answer to a task that asks now; nil when it has to wait.
    mutating func take() -> Result<Lease, PostgresError>? {
      if isClosed { return .failure(.closed) }
      if let connection = idle.popLast() { return .success(.connection(connection)) }
      guard places > 0 else { return nil }
      places -= 1
      return .success(.place)
    }
  }

  private let configuration: PostgresConfiguration
  private let shared = SharedServerState()
  private let state: Mutex<State>

  /// A pool of up to `size` connections to the database of a libpq connection string.
  ///
  /// - Parameters:
  ///   - url: A libpq URI or keyword string.
  ///   - size: How many statements may run at once.
  ///   - connectTimeout: How long one attempt to connect, or the wait for a restarting server, may take.
  ///   - statementTimeout: How long a statement may run before it is cancelled; nil is for ever.
  public init(
    url: String, size: Int, connectTimeout: Duration = .seconds(5), statementTimeout: Duration? = nil
  ) throws(PostgresError) {
    self.configuration = try PostgresConfiguration(
      url: url, connectTimeout: connectTimeout, statementTimeout: statementTimeout)
    self.state = Mutex(State(places: max(1, size)))
  }

  /// Runs one statement with the values of `$1`, `$2`….
  public func query(
    _ sql: SQL, _ parameters: any PostgresEncodable...
  ) async throws(PostgresError) -> PostgresRows {
    let statement = try PostgresStatement(sql, parameters: parameters)
    let connection = try await lease()
    defer { giveBack(.connection(connection)) }
    return try await connection.query(statement)
  }

  /// Lends a connection to `body`, for statements that must run on the same one. It must not be used afterwards.
  ///
  /// A transaction that `body` leaves open is rolled back.
  public func withConnection<R>(_ body: (PostgresConnection) async throws -> R) async throws -> R {
    let connection = try await lease()
    defer { giveBack(.connection(connection)) }
    do {
      let result = try await body(connection)
      await connection.rollBack()
      return result
    } catch {
      await connection.rollBack()
      throw error
    }
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task is cancelled.
  public func transaction<R>(_ body: (PostgresConnection) async throws -> R) async throws -> R {
    try await withConnection { connection in
      try await connection.begin()
      let result = try await body(connection)
      guard !Task.isCancelled else {
        throw PostgresError(.cancelled, "the transaction was rolled back, because its task was cancelled")
      }
      try await connection.commit()
      return result
    }
  }

  /// Closes the connections that are not in use, and the others as they are given back; tasks that wait for one fail.
  public func close() async {
    let (idle, waiters) = state.withLock { state in
      defer {
        state.idle = []
        state.waiters = []
        state.isClosed = true
      }
      return (state.idle, state.waiters.map(\.continuation))
    }
    for waiter in waiters { waiter.resume(returning: .failure(.closed)) }
    for connection in idle { await connection.close() }
  }

  // MARK: - Leases

  private func lease() async throws(PostgresError) -> PostgresConnection {
    let answer = if let ready = state.withLock({ $0.take() }) { ready } else { await waitForLease() }
    switch try answer.get() {
    case .connection(let connection): return connection
    case .place: return try makeConnection()
    }
  }

  private func makeConnection() throws(PostgresError) -> PostgresConnection {
    do throws(PostgresError) {
      return try PostgresConnection(configuration, shared: shared)
    } catch {
      giveBack(.place)
      throw error
    }
  }

  /// How many tasks wait for a connection.
  var waiterCount: Int { state.withLock { $0.waiters.count } }

  private func waitForLease() async -> Result<Lease, PostgresError> {
    let id = state.withLock { state in
      state.lastWaiterID += 1
      return state.lastWaiterID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: Waiter) in
        let answer = state.withLock { state -> Result<Lease, PostgresError>? in
          // A cancellation from before this point has found no waiter to remove.
          if Task.isCancelled { return .failure(.cancelledWhileWaiting) }
          // Something may have been given back since.
          if let answer = state.take() { return answer }
          state.waiters.append((id, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
      }
      waiter?.resume(returning: .failure(.cancelledWhileWaiting))
    }
  }

  /// Hands on what a task has no more use for: to the one that has waited longest, or else back to the pool.
  private func giveBack(_ lease: Lease) {
    let waiter = state.withLock { state -> Waiter? in
      if !state.waiters.isEmpty { return state.waiters.removeFirst().continuation }
      switch lease {
      case .connection(let connection): if !state.isClosed { state.idle.append(connection) }
      case .place: state.places += 1
      }
      return nil
    }
    waiter?.resume(returning: .success(lease))
  }
}

extension PostgresError {
  static var closed: PostgresError { PostgresError(.closed, "the pool of connections has been closed") }
  static var cancelledWhileWaiting: PostgresError {
    PostgresError(.cancelled, "the task was cancelled while it waited for a connection")
  }
}
