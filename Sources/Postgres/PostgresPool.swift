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
  private typealias Waiter = CheckedContinuation<Result<PostgresConnection, PostgresError>, Never>

  private struct State {
    var idle: [PostgresConnection] = []
    var connectionCount = 0
    var waiters: [(id: Int, continuation: Waiter)] = []
    var nextWaiterID = 0
    var isClosed = false
  }

  private let configuration: PostgresConfiguration
  private let shared = SharedServerState()
  private let size: Int
  private let state = Mutex(State())

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
    self.size = max(1, size)
  }

  /// Runs one statement with the values of `$1`, `$2`….
  public func query(
    _ sql: SQL, _ parameters: any PostgresEncodable...
  ) async throws(PostgresError) -> PostgresRows {
    let statement = try PostgresStatement(sql, parameters: parameters)
    let connection = try await lease()
    defer { giveBack(connection) }
    return try await connection.query(statement)
  }

  /// Runs statements in one round trip and gives their answers in order.
  ///
  /// They are one transaction: if one fails, none has an effect, and its error is thrown.
  public func pipeline(_ statements: [PostgresStatement]) async throws(PostgresError) -> [PostgresRows] {
    let connection = try await lease()
    defer { giveBack(connection) }
    return try await connection.pipeline(statements)
  }

  /// Lends a connection to `body`, for statements that must run on the same one. It must not be used afterwards.
  ///
  /// A transaction that `body` leaves open is rolled back.
  public func withConnection<R>(_ body: (PostgresConnection) async throws -> R) async throws -> R {
    let connection = try await lease()
    defer { giveBack(connection) }
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

  private enum Lease {
    case connection(PostgresConnection)
    case toBeMade
    case waiting(id: Int)
    case closed
  }

  private func lease() async throws(PostgresError) -> PostgresConnection {
    let lease = state.withLock { state -> Lease in
      if state.isClosed { return .closed }
      if let connection = state.idle.popLast() { return .connection(connection) }
      if state.connectionCount < size {
        state.connectionCount += 1
        return .toBeMade
      }
      state.nextWaiterID += 1
      return .waiting(id: state.nextWaiterID)
    }
    switch lease {
    case .connection(let connection): return connection
    case .toBeMade: return try makeConnection()
    case .waiting(let id): return try await waitForConnection(id).get()
    case .closed: throw .closed
    }
  }

  private func makeConnection() throws(PostgresError) -> PostgresConnection {
    do throws(PostgresError) {
      return try PostgresConnection(configuration, shared: shared)
    } catch {
      state.withLock { $0.connectionCount -= 1 }
      throw error
    }
  }

  /// How many tasks wait for a connection.
  var waiterCount: Int { state.withLock { $0.waiters.count } }

  private func waitForConnection(_ id: Int) async -> Result<PostgresConnection, PostgresError> {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: Waiter) in
        let answer = state.withLock { state -> Result<PostgresConnection, PostgresError>? in
          if state.isClosed { return .failure(.closed) }
          // A cancellation from before this point has found no waiter to remove.
          if Task.isCancelled { return .failure(.cancelledWhileWaiting) }
          // A connection may have been given back since.
          if let connection = state.idle.popLast() { return .success(connection) }
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

  private func giveBack(_ connection: PostgresConnection) {
    let waiter = state.withLock { state -> Waiter? in
      if !state.waiters.isEmpty { return state.waiters.removeFirst().continuation }
      if !state.isClosed { state.idle.append(connection) }
      return nil
    }
    waiter?.resume(returning: .success(connection))
  }
}

extension PostgresError {
  static var closed: PostgresError { PostgresError(.closed, "the pool of connections has been closed") }
  static var cancelledWhileWaiting: PostgresError {
    PostgresError(.cancelled, "the task was cancelled while it waited for a connection")
  }
}
