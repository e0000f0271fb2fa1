public import LocalLambda
import Postgres
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An empty database of a real PostgreSQL server, for one test.
///
/// ```swift
/// let database = try await TestDatabase.make()
/// let pool = try PostgresPool(url: database.url, size: 4)
/// ```
public struct TestDatabase: Sendable {
  /// Its connection string.
  public let url: String
  /// Its name on the server.
  public let name: String

  /// Makes a database on the server that all tests of this process share, which is started with the first one.
  public static func make() async throws -> TestDatabase {
    try await TestCluster.shared.get().makeDatabase()
  }
}

/// A PostgreSQL server for tests. One that a test starts for itself may be restarted and stopped by it.
public struct TestCluster: Sendable {
  /// The server.
  public let server: PrivatePostgreSQL

  static let shared = SharedTestCluster()

  /// Starts a temporary server, which ``stop()`` removes, or else the end of this process.
  public static func start() async throws -> TestCluster {
    TestCluster(server: try await PrivatePostgreSQL.start())
  }

  /// The connection string of the server's first database, `lambda`.
  public var url: String { server.url }

  /// Makes an empty database.
  public func makeDatabase() async throws -> TestDatabase {
    let name = "test_" + String(UInt64.random(in: .min ... .max), radix: 36)
    let pool = try PostgresPool(url: server.url, size: 1)
    _ = try await pool.query(SQL(schema: "CREATE DATABASE \(name)"))
    await pool.close()
    return TestDatabase(url: server.url.replacing("/lambda?", with: "/\(name)?"), name: name)
  }

  /// Restarts the server: every connection breaks.
  public func restart() async throws {
    try await server.restart()
  }

  /// Stops the server for good.
  public func stop() async {
    await server.stop()
  }
}

/// Starts the shared server once, whoever comes first.
actor SharedTestCluster {
  private var starting: Task<TestCluster, any Error>?

  func get() async throws -> TestCluster {
    if let starting { return try await starting.value }
    let task = Task {
      let cluster = try await TestCluster.start()
      stopAtExit(cluster.server.processID)
      return cluster
    }
    starting = task
    return try await task.value
  }
}

/// The shared server's guardian, for the handler below, which cannot have a context.
private let sharedGuardian = Atomic<Int32>(0)

/// Ends the shared server before this process ends, so that nothing is left when the test run returns. (When the process
/// is killed, the server ends a moment later.)
private func stopAtExit(_ processID: Int32) {
  sharedGuardian.store(processID, ordering: .relaxed)
  atexit {
    let processID = sharedGuardian.load(ordering: .relaxed)
    kill(processID, SIGTERM)
    // Not Subprocess's business any more, which waits for its child only until here.
    for _ in 0..<1_000 where waitpid(processID, nil, WNOHANG) == 0 { usleep(10_000) }
  }
}
