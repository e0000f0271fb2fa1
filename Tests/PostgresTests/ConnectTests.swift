import FoundationEssentials
import LocalLambda
import Postgres
import TestSupport
import Testing

@Suite("Connecting", .timeLimit(.minutes(5))) struct ConnectTests {
  private let password = "p4ssw0rd-of-the-test"

  private func errorOfConnecting(_ url: String) async throws -> PostgresError {
    try await postgresError {
      let pool = try PostgresPool(url: url, size: 1)
      defer { Task { await pool.close() } }
      _ = try await pool.query("SELECT 1")
    }
  }

  @Test("Nobody there: the error names the place and the reason")
  func refused() async throws {
    let tcp = try await errorOfConnecting("postgresql://me:\(password)@127.0.0.1:1/stock")
    #expect(tcp.kind == .couldNotConnect)
    #expect(tcp.message.contains("127.0.0.1:1") && tcp.message.contains("\"stock\""))
    #expect(tcp.message.contains("refused"))
    #expect(!tcp.message.contains("\n"))
    #expect(!"\(tcp)".contains(password))

    let socket = try await errorOfConnecting("host=/no/such/folder dbname=stock password=\(password)")
    #expect(socket.kind == .couldNotConnect)
    #expect(socket.message.contains("/no/such/folder"))
    #expect(!"\(socket)".contains(password))
  }

  @Test("An unknown database and an unknown user are named")
  func unknown() async throws {
    let database = try await TestDatabase.make()
    let url = database.url + "&password=\(password)"
    let noDatabase = try await errorOfConnecting(url.replacing(database.name, with: "no_such_database"))
    #expect(noDatabase.kind == .couldNotConnect)
    #expect(noDatabase.message.contains("no_such_database\" does not exist"))
    #expect(!"\(noDatabase)".contains(password))

    let noUser = try await errorOfConnecting(url.replacing("user=lambda", with: "user=nobody_here"))
    #expect(noUser.message.contains("nobody_here"))
    #expect(!"\(noUser)".contains(password))
  }

  @Test("A wrong password is told, but not which")
  func wrongPassword() async throws {
    let cluster = try await TestCluster.start()
    let pool = try PostgresPool(url: cluster.url, size: 1)
    _ = try await pool.query("CREATE USER guest PASSWORD 'right'")
    // The server reads its rules again at a restart, too.
    try "local all lambda trust\nlocal all guest scram-sha-256\n".write(
      toFile: cluster.server.dataDirectory + "/pg_hba.conf", atomically: false, encoding: .utf8)
    try await cluster.restart()

    let guest = cluster.url.replacing("user=lambda", with: "user=guest")
    let error = try await errorOfConnecting("\(guest)&password=\(password)")
    #expect(error.kind == .couldNotConnect)
    #expect(error.message.contains("password authentication failed for user \"guest\""))
    #expect(!"\(error)".contains(password))
    let right = try PostgresPool(url: "\(guest)&password=right", size: 1)
    #expect(try await right.query("SELECT current_user").first?.decode(0) == "guest")
    await right.close()
    await pool.close()
    await cluster.stop()
  }

  @Test(
    "A malformed connection string is refused at once, without quoting it",
    arguments: [
      "postgresql://me:p4ssw0rd-of-the-test@localhost:port/x", "postgresql://me:p4ssw0rd@-of-the-test@localhost/x",
      "host=localhost password='p4ssw0rd-of-the-test", "host=localhost p4ssw0rd-of-the-test",
      "postgresql://localhost/x?p4ssw0rd-of-the-test=1", "mysql://me:p4ssw0rd-of-the-test@localhost/x",
      "postgresql://me:p4ssw0rd-of-the-test@[::1/x", "postgresql://me:x/-of-the-test@localhost/x",
    ])
  func malformed(url: String) async throws {
    let error = try await postgresError { _ = try PostgresPool(url: url, size: 1) }
    #expect(error.kind == .configuration)
    #expect(!"\(error)".contains("-of-the-test"))
    #expect(error.message.contains("connection string"))
  }
}
