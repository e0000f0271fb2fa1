import Postgres
import Synchronization
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Lost connections", .timeLimit(.minutes(5))) struct LostConnectionTests {
  @Test("A connection that was ended while idle is not noticed by anybody")
  func terminatedWhileIdle() async throws {
    try await withObservedPool(size: 1) { pool, observer in
      for _ in 0..<5 {
        let backend = try await backendPID(pool)
        try await terminate(backend, by: observer)
        #expect(try await backendPID(pool) != backend)
      }
    }
  }

  @Test("A statement that loses its connection fails once, and says so")
  func terminatedInFlight() async throws {
    try await withObservedPool(size: 1) { pool, observer in
      let task = Task { try await pool.query("SELECT pg_sleep(3600)") }
      try await terminate(try await pidOfStatement(containing: "pg_sleep(3600)", in: observer), by: observer)
      let error = try await postgresError { _ = try await task.value }
      #expect(error.kind == .connectionLost)
      #expect(error.sqlState == "57P01")
      #expect(error.message.contains("terminating connection"))
      #expect(try await pool.query("SELECT 1").count == 1)
    }
  }

  @Test("A statement that may be repeated is")
  func retryable() async throws {
    try await withObservedPool(size: 1) { pool, observer in
      _ = try await observer.query("SELECT pg_advisory_lock(7)")
      let task = Task { try await pool.query(SQL("SELECT pg_advisory_xact_lock(7)", retryable: true)) }
      let first = try await pidOfStatement(containing: "pg_advisory_xact_lock", in: observer)
      try await terminate(first, by: observer)
      let second = try await pidOfStatement(containing: "pg_advisory_xact_lock", in: observer)
      #expect(second != first)
      _ = try await observer.query("SELECT pg_advisory_unlock(7)")
      #expect(try await task.value.count == 1)
    }
  }

  @Test("A transaction whose server has fallen silent is given up without a second wait")
  func silentServer() async throws {
    try await withPool(size: 1, statementTimeout: .seconds(1)) { pool in
      var backend: Int32 = 0
      var failed: ContinuousClock.Instant?
      let error = try await postgresError {
        try await pool.transaction { connection in
          backend = try #require(await connection.query("SELECT pg_backend_pid()").first).decode(0)
          try #require(kill(backend, SIGSTOP) == 0)
          defer { failed = ContinuousClock.now }
          _ = try await connection.query("SELECT 1")
        }
      }
      let wait = try #require(failed).duration(to: .now)
      kill(backend, SIGCONT)
      #expect(error.kind == .timedOut)
      // A ROLLBACK would be waited for five seconds, and two more until it is cancelled.
      #expect(wait < .seconds(5))
      #expect(try await pool.query("SELECT 2").count == 1)
    }
  }

  @Test("A server that answers nobody, not even who asks it to cancel, is given up in time", arguments: [false, true])
  func standstill(isCancelled: Bool) async throws {
    let cluster = try await TestCluster.start()
    let pool = try PostgresPool(url: cluster.url, size: 1, statementTimeout: .seconds(2))
    let pids: SQL = "SELECT pg_backend_pid(), split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"
    let row = try #require(try await pool.query(pids).first)
    let processes: [Int32] = [try row.decode(1), try row.decode(0)]

    let task = Task { try await pool.query("SELECT pg_sleep(30)") }
    let observer = try PostgresPool(url: cluster.url, size: 1)
    _ = try await pidOfStatement(containing: "pg_sleep(30)", in: observer)
    for process in processes { try #require(kill(process, SIGSTOP) == 0) }
    if isCancelled { task.cancel() }
    let error = try await postgresError { _ = try await task.value }
    for process in processes { kill(process, SIGCONT) }
    #expect(error.kind == .timedOut)
    #expect(try await pool.query("SELECT 2").count == 1)
    await pool.close()
    await observer.close()
    await cluster.stop()
  }

  @Test("A restart of the server while nothing runs costs nothing")
  func restartWhileIdle() async throws {
    let cluster = try await TestCluster.start()
    let pool = try PostgresPool(url: cluster.url, size: 4)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { _ = try await pool.query("SELECT pg_sleep(0.05)") } }
      try await group.waitForAll()
    }
    try await cluster.restart()
    for _ in 0..<8 { #expect(try await pool.query("SELECT 1").count == 1) }
    await pool.close()
    await cluster.stop()
  }

  @Test("A restart in the middle costs at most the statement in flight, and none that may be repeated")
  func restartInTheMiddle() async throws {
    let cluster = try await TestCluster.start()
    let (first, second) = (Progress(), Progress())
    let once = Task { try await failures(of: "SELECT 1", on: cluster, during: first) }
    let repeatable = Task { try await failures(of: SQL("SELECT 2", retryable: true), on: cluster, during: second) }
    // Each of them: who has not reached the server yet does not wait for it either.
    try await eventually { [first, second].allSatisfy { $0.turns.load(ordering: .relaxed) > 20 } }
    try await cluster.restart()
    for progress in [first, second] { progress.isRestarted.store(true, ordering: .relaxed) }

    let errors = try await once.value
    #expect(errors.count <= 1)
    #expect(errors.allSatisfy { $0.kind == .connectionLost })
    let repeated = try await repeatable.value
    #expect(repeated.isEmpty, "\(repeated)")
    await cluster.stop()
  }

  private final class Progress: Sendable {
    let turns = Atomic(0)
    let isRestarted = Atomic(false)
  }

  /// Runs a statement again and again until the server has been restarted, and once more.
  private func failures(
    of statement: SQL, on cluster: TestCluster, during progress: Progress
  ) async throws -> [PostgresError] {
    let pool = try PostgresPool(url: cluster.url, size: 1, connectTimeout: .seconds(30))
    var errors: [PostgresError] = []
    while !progress.isRestarted.load(ordering: .relaxed) {
      do throws(PostgresError) { _ = try await pool.query(statement) } catch { errors.append(error) }
      progress.turns.add(1, ordering: .relaxed)
    }
    #expect(try await pool.query(statement).count == 1)
    await pool.close()
    return errors
  }
}
