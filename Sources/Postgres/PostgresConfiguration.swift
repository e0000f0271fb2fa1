import CLibpq
import Synchronization

/// Where a database is and how to connect to it: a checked connection string.
struct PostgresConfiguration: Sendable {
  let url: String
  let connectTimeout: Duration
  let statementTimeout: Duration?

  init(url: String, connectTimeout: Duration, statementTimeout: Duration?) throws(PostgresError) {
    try Self.check(url)
    self.url = url
    self.connectTimeout = connectTimeout
    self.statementTimeout = statementTimeout
  }

  /// The parameters for libpq. What stands before `dbname` are defaults that the connection string may override.
  var keywords: [(name: String, value: String)] {
    [
      // Without it libpq asks for Kerberos credentials first: 5 ms and a network name look-up for nothing.
      ("gssencmode", "disable"),
      ("connect_timeout", String(max(1, connectTimeout.components.seconds))),
      // A peer that vanished without a word (a frozen environment's NAT entry) is found out after this time.
      ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
      ("tcp_user_timeout", "15000"),
      ("dbname", url),
      ("client_encoding", "UTF8"),
    ]
  }

  /// Refuses a connection string that libpq would not understand.
  private static func check(_ url: String) throws(PostgresError) {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(url, &message) else {
      let reason = message.map { withoutQuotedText(String(cString: $0)) } ?? "out of memory"
      PQfreemem(message)
      throw PostgresError(.configuration, "the database's connection string is malformed: \(reason)")
    }
    defer { PQconninfoFree(options) }
    var option = options
    while let keyword = option.pointee.keyword {
      let value = option.pointee.val.map { String(cString: $0) } ?? ""
      // A password with an unescaped @ or / is cut there: its rest would be taken for the host or the port, and printed.
      switch String(cString: keyword) {
      case "host" where value.contains("@"), "port" where !value.allSatisfy({ $0.isNumber || $0 == "," }):
        throw PostgresError(
          .configuration,
          """
          the database's connection string has no proper host and port: write the signs @ / : of a user name or \
          password as %40 %2F %3A
          """)
      default: break
      }
      option += 1
    }
  }

  /// libpq quotes what it could not parse, which may be a part of the password.
  private static func withoutQuotedText(_ message: String) -> String {
    message.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "…" }
      .joined(separator: "\"").onOneLine
  }
}

/// What the connections of one pool know in common.
final class SharedServerState: Sendable {
  /// Whether any connection has been made: from then on a refused connection is taken for a restart of the server.
  let hasBeenReached = Atomic(false)
}

extension String {
  /// The text on one line: each run of white space is one space.
  var onOneLine: String {
    split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
