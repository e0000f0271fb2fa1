@testable import Postgres
import TestSupport
import Testing

@Suite("The pool", .timeLimit(.minutes(5))) struct PoolTests {
  @Test("64 tasks share 4 connections, and each gets its own answer")
  func sharing() async throws {
    try await withObservedPool(size: 4) { pool, observer in
      let echo = SQL("SELECT $1::bigint, pg_backend_pid(), pg_sleep(0.001)")
      let backends = try await withThrowingTaskGroup(of: Set<Int32>.self) { group in
        for task in 0..<64 {
          group.addTask {
            var backends: Set<Int32> = []
            for turn in 0..<10 {
              let row = try #require(await pool.query(echo, task * 100 + turn).first)
              #expect(try row.decode(0) == task * 100 + turn)
              backends.insert(try row.decode(1))
            }
            return backends
          }
        }
        return try await group.reduce(into: Set()) { $0.formUnion($1) }
      }
      #expect((1...4).contains(backends.count))
      let connections = try await observer.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
      #expect(connections.count <= 4)
    }
  }

  @Test("Tasks that wait get the connection in their order")
  func order() async throws {
    try await withPool(size: 1) { pool in
      let (served, serving) = AsyncStream<Int>.makeStream()
      try await pool.withConnection { _ in
        for task in 0..<8 {
          Task {
            try await pool.withConnection { _ in _ = serving.yield(task) }
            if task == 7 { serving.finish() }
          }
          try await eventually { pool.waiterCount == task + 1 }
        }
      }
      #expect(await served.reduce(into: []) { $0.append($1) } == Array(0..<8))
    }
  }

  @Test("A task that is cancelled while it waits leaves the queue; the next one is served")
  func cancelledWaiters() async throws {
    try await withPool(size: 1) { pool in
      let (held, holding) = AsyncStream<Void>.makeStream()
      let (release, releasing) = AsyncStream<Void>.makeStream()
      let holder = Task {
        try await pool.withConnection { _ in
          holding.finish()
          for await _ in release {}
        }
      }
      for await _ in held {}
      let cancelled = (0..<16).map { _ in Task { try await pool.query("SELECT 1") } }
      let patient = Task { try await pool.query("SELECT 2").first?.decode(0, as: Int.self) }
      try await eventually { pool.waiterCount == 17 }
      for task in cancelled { task.cancel() }
      for task in cancelled {
        #expect(try await postgresError { _ = try await task.value }.kind == .cancelled)
      }
      releasing.finish()
      #expect(try await patient.value == 2)
      try await holder.value
      #expect(try await pool.query("SELECT 3").count == 1)
    }
  }

  @Test("A closed pool serves nobody, and ends its connections")
  func close() async throws {
    try await withObservedPool(size: 1) { pool, observer in
      let backend = try await backendPID(pool)
      try await pool.withConnection { connection in
        let waiter = Task { try await pool.query("SELECT 1") }
        try await eventually { pool.waiterCount == 1 }
        await pool.close()
        #expect(try await postgresError { _ = try await waiter.value }.kind == .closed)
        #expect(try await connection.query("SELECT 1").count == 1, "who has a connection may finish")
      }
      #expect(try await postgresError { _ = try await pool.query("SELECT 1") }.kind == .closed)
      try await eventually {
        try await observer.query("SELECT FROM pg_stat_activity WHERE pid = $1", backend).isEmpty
      }
    }
  }
}
