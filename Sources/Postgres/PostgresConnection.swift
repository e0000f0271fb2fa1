import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A connection of a pool, lent to one task at a time: statements run one after another on a thread of its own.
///
/// It connects on first use, and again when the server has closed the connection in the meantime.
public actor PostgresConnection {
  private nonisolated let thread: ConnectionThread
  private let configuration: PostgresConfiguration
  private let shared: SharedServerState
  private var link: ServerLink?
  /// Kept when the connection is lost: no other connection may take the rest of a transaction.
  private var isTransactionOpen = false

  /// The connection's own thread, where libpq may block.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(_ configuration: PostgresConfiguration, shared: SharedServerState) throws(PostgresError) {
    self.configuration = configuration
    self.shared = shared
    self.thread = try ConnectionThread()
  }

  deinit {
    thread.stop()
  }

  /// Runs one statement with the values of `$1`, `$2`….
  public nonisolated func query(
    _ sql: SQL, _ parameters: any PostgresEncodable...
  ) async throws(PostgresError) -> PostgresRows {
    try await query(PostgresStatement(sql, parameters: parameters))
  }

  nonisolated func query(_ statement: PostgresStatement) async throws(PostgresError) -> PostgresRows {
    let cancellation = StatementCancellation()
    let result: Result<PostgresRows, PostgresError> = await withTaskCancellationHandler {
      await run(statement, cancellation: cancellation)
    } onCancel: {
      cancellation.cancel()
    }
    return try result.get()
  }

  // MARK: - Lending

  func close() {
    link = nil
  }

  func begin() throws(PostgresError) {
    let begin = try PostgresStatement(SQL("BEGIN", retryable: true))
    _ = try run(begin, cancellation: StatementCancellation()).get()
  }

  func commit() throws(PostgresError) {
    let answer = try attempt(PostgresStatement("COMMIT"), cancellation: StatementCancellation())
    // That is how the server answers COMMIT after a statement has failed.
    guard answer.result.commandTag != "ROLLBACK" else {
      throw PostgresError(.server, "the transaction was rolled back, because one of its statements had failed")
    }
  }

  /// Takes back what an open transaction did. If that cannot be said to the server, the connection is dropped, which has
  /// the same effect.
  func rollBack() {
    guard isTransactionOpen else { return }
    isTransactionOpen = false
    do {
      _ = try link?.run(PostgresStatement("ROLLBACK"), timeout: .seconds(5))
    } catch {
      link = nil
    }
  }

  // MARK: - Running

  private func run(
    _ statement: PostgresStatement, cancellation: StatementCancellation
  ) -> Result<PostgresRows, PostgresError> {
    do throws(PostgresError) {
      do throws(PostgresError) {
        return .success(try attempt(statement, cancellation: cancellation))
      } catch {
        guard try mayRepeat(statement, after: error) else { throw error }
        return .success(try attempt(statement, cancellation: cancellation))
      }
    } catch {
      return .failure(cancellation.isCancelled ? error.asCancellation : error)
    }
  }

  private func attempt(
    _ statement: PostgresStatement, cancellation: StatementCancellation
  ) throws(PostgresError) -> PostgresRows {
    let link = try livingLink(cancellation)
    guard cancellation.begin(link.cancelRequest) else {
      throw PostgresError(.cancelled, "the task was cancelled before the statement was sent")
    }
    defer {
      let wasCancelled = cancellation.end()
      if link.isUsable { isTransactionOpen = link.isInTransaction }
      // A link of which nobody knows what comes next is of no use any more, not even for a ROLLBACK.
      if wasCancelled || !link.isUsable { self.link = nil }
    }
    return try link.run(statement, timeout: configuration.statementTimeout)
  }

  private func mayRepeat(_ statement: PostgresStatement, after error: PostgresError) throws(PostgresError) -> Bool {
    guard !isTransactionOpen else { return false }
    if error.isStalePlan, let link {
      try link.discardPreparedStatements(timeout: configuration.statementTimeout)
      return true
    }
    return error.kind == .connectionLost && statement.sql.isRetryable
  }

  // MARK: - Connecting

  private func livingLink(_ cancellation: StatementCancellation) throws(PostgresError) -> ServerLink {
    if let link {
      // The statements of a transaction cannot go anywhere else.
      if isTransactionOpen || link.isAlive { return link }
      self.link = nil
    }
    guard !isTransactionOpen else {
      throw PostgresError(.connectionLost, "the transaction's connection to PostgreSQL was lost")
    }
    let link = try connect(cancellation)
    self.link = link
    return link
  }

  /// Connects. A server that was there before and accepts nobody now is being restarted: that is waited for, within the
  /// connection's time-out.
  private func connect(_ cancellation: StatementCancellation) throws(PostgresError) -> ServerLink {
    let giveUp = ContinuousClock.now + configuration.connectTimeout
    var isLastAttempt = false
    while true {
      do throws(PostgresError) {
        let link = try ServerLink(configuration)
        shared.hasBeenReached.store(true, ordering: .relaxed)
        return link
      } catch {
        guard shared.hasBeenReached.load(ordering: .relaxed), !isLastAttempt, ContinuousClock.now < giveUp,
          !cancellation.isCancelled
        else { throw error }
        // Refused by a server that accepts others: once more, as it may have come up just now, and then it is true.
        isLastAttempt = ServerLink.acceptsConnections(configuration)
        if !isLastAttempt { usleep(50_000) }
      }
    }
  }
}

extension PostgresError {
  /// A prepared statement that no longer fits: a change of the schema changed its columns ("cached plan must not change
  /// result type"), or something between us and the server dropped it. Preparing it again is the cure.
  var isStalePlan: Bool {
    switch sqlState {
    case "0A000": diagnostics?.sourceFunction == "RevalidateCachedQuery"
    case "26000": true
    default: false
    }
  }

  /// The error of a statement whose task was cancelled.
  var asCancellation: PostgresError {
    guard sqlState == "57014" || kind == .couldNotConnect else { return self }
    var error = self
    error.kind = .cancelled
    error.message = "the statement was cancelled with its task"
    return error
  }
}
