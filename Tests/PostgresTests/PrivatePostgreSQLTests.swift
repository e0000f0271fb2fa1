import FoundationEssentials
import LocalLambda
import Postgres
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("The private PostgreSQL", .timeLimit(.minutes(2))) struct PrivatePostgreSQLTests {
  /// Runs `body` with a folder that does not exist yet, in one that is removed afterwards.
  private func withFolder(mode: mode_t = 0o755, _ body: (String) async throws -> Void) async throws {
    let parent = "/tmp/lambda-local-tests-" + String(UInt64.random(in: .min ... .max), radix: 36)
    try #require(mkdir(parent, mode) == 0)
    defer { try? FileManager.default.removeItem(atPath: parent) }
    try await body(parent + "/state/postgres")
  }

  private func query(_ url: String, _ statement: SQL) async throws -> PostgresRows {
    let pool = try PostgresPool(url: url, size: 1)
    let rows = try await pool.query(statement)
    await pool.close()
    return rows
  }

  private func runFolder(of url: String) -> String {
    String(url.drop { $0 != "=" }.dropFirst().prefix { $0 != "&" }).replacing("%2F", with: "/")
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  @Test("A temporary one serves a UTF-8 database, and leaves nothing when it is stopped, even twice")
  func temporary() async throws {
    let server = try await PrivatePostgreSQL.start()
    let row = try #require(
      await query(
        server.url,
        """
        SELECT current_database(), current_setting('server_encoding'), current_setting('listen_addresses'),
          current_setting('fsync'), upper('äö')
        """
      ).first)
    #expect(try (0..<5).map { try row.decode($0) } == ["lambda", "UTF8", "", "off", "ÄÖ"])
    let folder = runFolder(of: server.url)
    #expect(exists(folder))
    async let first: Void = server.stop()
    async let second: Void = server.stop()
    _ = await (first, second)
    await server.stop()
    #expect(!exists(folder))
    #expect(kill(server.processID, 0) == -1)
  }

  @Test("Two work side by side, and a folder keeps its data")
  func durable() async throws {
    try await withFolder { one in
      try await withFolder { two in
        async let starting = PrivatePostgreSQL.start(dataDirectory: two)
        let first = try await PrivatePostgreSQL.start(dataDirectory: one)
        let second = try await starting
        _ = try await query(first.url, "CREATE TABLE kept AS SELECT 1 AS one")
        #expect(try await query(second.url, "SELECT to_regclass('kept')").first?.decode(0, as: String?.self) == nil)
        #expect(try await query(first.url, "SHOW fsync").first?.decode(0) == "on")
        await first.stop()
        await second.stop()

        let again = try await PrivatePostgreSQL.start(dataDirectory: one)
        #expect(try await query(again.url, "SELECT one FROM kept").first?.decode(0) == 1)
        await again.stop()
      }
    }
  }

  @Test("A restarted one answers at the same place")
  func restart() async throws {
    let server = try await PrivatePostgreSQL.start()
    let before: String = try #require(await query(server.url, "SELECT pg_postmaster_start_time()").first).decode(0)
    try await server.restart()
    let after: String = try #require(await query(server.url, "SELECT pg_postmaster_start_time()").first).decode(0)
    #expect(before != after)
    await server.stop()
  }

  @Test("A folder in use is refused, with the number of the process")
  func inUse() async throws {
    try await withFolder { folder in
      let server = try await PrivatePostgreSQL.start(dataDirectory: folder)
      let pid = try #require(
        Int32(
          try String(contentsOfFile: server.dataDirectory + "/postmaster.pid", encoding: .utf8).prefix { $0.isNumber }))
      let error = try await #require(throws: PrivatePostgreSQLError.self) {
        _ = try await PrivatePostgreSQL.start(dataDirectory: folder)
      }
      #expect(error.kind == .inUse(processID: pid))
      #expect(error.description.contains("\(pid)") && error.description.contains(folder))
      #expect(try await query(server.url, "SELECT 1").count == 1)
      await server.stop()
    }
  }

  @Test("The remains of a crash do not matter")
  func crashed() async throws {
    try await withFolder { folder in
      let server = try await PrivatePostgreSQL.start(dataDirectory: folder)
      await server.stop()
      // Process 1 lives, and is no PostgreSQL.
      try "1\n\(server.dataDirectory)\n".write(
        toFile: server.dataDirectory + "/postmaster.pid", atomically: false, encoding: .utf8)
      try FileManager.default.createDirectory(
        atPath: server.dataDirectory + ".new/half", withIntermediateDirectories: true)
      let again = try await PrivatePostgreSQL.start(dataDirectory: folder)
      #expect(try await query(again.url, "SELECT 1").count == 1)
      await again.stop()
    }
  }

  @Test("Data of another major version is refused, with what to do")
  func otherVersion() async throws {
    try await withFolder { folder in
      let server = try await PrivatePostgreSQL.start(dataDirectory: folder)
      await server.stop()
      try "9\n".write(toFile: server.dataDirectory + "/PG_VERSION", atomically: false, encoding: .utf8)
      let error = try await #require(throws: PrivatePostgreSQLError.self) {
        _ = try await PrivatePostgreSQL.start(dataDirectory: folder)
      }
      #expect(error.kind == .otherVersion)
      #expect(error.description.contains("PostgreSQL 9") && error.description.contains("postgresql-9"))
    }
  }

  @Test("A server that cannot start says why")
  func brokenData() async throws {
    try await withFolder { folder in
      let server = try await PrivatePostgreSQL.start(dataDirectory: folder)
      await server.stop()
      try "nonsense = on\n".write(
        toFile: server.dataDirectory + "/postgresql.conf", atomically: false, encoding: .utf8)
      let error = try await #require(throws: PrivatePostgreSQLError.self) {
        _ = try await PrivatePostgreSQL.start(dataDirectory: folder)
      }
      #expect(error.kind == .couldNotStart)
      #expect(error.description.contains("nonsense"))
    }
  }

  @Test("Root's data is moved where the server's user can reach it", .enabled(if: geteuid() == 0))
  func unreachable() async throws {
    try await withFolder(mode: 0o700) { folder in
      let server = try await PrivatePostgreSQL.start(dataDirectory: folder)
      #expect(server.dataDirectory.hasPrefix("/var/lib/lambda-local/"))
      _ = try await query(server.url, "CREATE TABLE kept AS SELECT 1 AS one")
      await server.stop()
      let again = try await PrivatePostgreSQL.start(dataDirectory: folder)
      #expect(try await query(again.url, "SELECT one FROM kept").count == 1)
      await again.stop()
      try FileManager.default.removeItem(atPath: FileManager.default.destinationOfSymbolicLink(atPath: folder))
    }
  }

  @Test("When the parent is killed, its server ends")
  func parentKilled() async throws {
    try await withFolder { folder in
      await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
        let server = try await PrivatePostgreSQL.start(dataDirectory: folder)
        try server.url.write(toFile: folder + "/url", atomically: false, encoding: .utf8)
        kill(getpid(), SIGKILL)
      }
      let url = try String(contentsOfFile: folder + "/url", encoding: .utf8)
      try await eventually { !exists(folder + "/data/postmaster.pid") && !exists(runFolder(of: url)) }
      let again = try await PrivatePostgreSQL.start(dataDirectory: folder)
      await again.stop()
    }
  }

  @Test("A start that was cancelled before it began comes to an end")
  func cancelledBefore() async throws {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await PrivatePostgreSQL.start()
    }
    let result = await task.result
    #expect(throws: PrivatePostgreSQLError.self) { try result.get() }
  }

  @Test("A start that is cancelled leaves nothing")
  func cancelled() async throws {
    try await withFolder { folder in
      let task = Task { try await PrivatePostgreSQL.start(dataDirectory: folder) }
      try await eventually { exists(folder) }
      task.cancel()
      let result = await task.result
      if case .success(let server) = result { await server.stop() }
      #expect(!exists(folder + "/data/postmaster.pid"))
      let server = try await PrivatePostgreSQL.start(dataDirectory: folder)
      await server.stop()
    }
  }
}
