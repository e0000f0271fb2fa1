import CLibpq

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One connection of libpq, in pipeline mode from beginning to end. All calls block.
///
/// Not sendable: it belongs to the thread of its ``PostgresConnection``.
final class ServerLink {
  private let connection: OpaquePointer
  let cancelRequest: CancelRequest?
  /// Names of prepared statements, by the address of their literal.
  private var prepared: [UnsafeRawPointer: String] = [:]
  private var preparedCount = 0
  /// Set when what the server will say next is unknown: the link must not be used again.
  private var isOutOfStep = false

  init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    let connection = Self.withKeywords(of: configuration) { PQconnectdbParams($0, $1, 1) }
    guard let connection else { throw PostgresError(.couldNotConnect, "out of memory") }
    guard PQstatus(connection) == CONNECTION_OK, Self.writesISODates(connection), PQenterPipelineMode(connection) == 1
    else {
      let message = String(cString: PQerrorMessage(connection)).onOneLine
      let place = Self.place(of: connection)
      PQfinish(connection)
      throw PostgresError(.couldNotConnect, "could not connect to PostgreSQL \(place): \(message)")
    }
    self.connection = connection
    self.cancelRequest = CancelRequest(connection: connection)
    // libpq would print notices ("relation exists, skipping") to standard error.
    PQsetNoticeReceiver(connection, { _, _ in }, nil)
  }

  deinit {
    PQfinish(connection)
  }

  /// Makes the server write times in ISO's form, which is what ``PostgresTimestamp`` reads. It says at the start whether
  /// it does anyway, as it does unless somebody has set another `DateStyle`.
  private static func writesISODates(_ connection: OpaquePointer) -> Bool {
    if let style = PQparameterStatus(connection, "DateStyle"), String(cString: style).hasPrefix("ISO") { return true }
    let result = PQexec(connection, "SET DateStyle TO ISO")
    defer { PQclear(result) }
    return PQresultStatus(result) == PGRES_COMMAND_OK
  }

  /// Whether a server at this place accepts connections, whoever asks.
  static func acceptsConnections(_ configuration: PostgresConfiguration) -> Bool {
    withKeywords(of: configuration) { PQpingParams($0, $1, 1) } == PQPING_OK
  }

  /// Whether the connection was whole when it was last used.
  var isUsable: Bool { !isOutOfStep && PQstatus(connection) == CONNECTION_OK }

  /// Whether the connection is whole now. Looks at the socket, which costs one system call: a connection that
  /// the server closed while nobody used it is found out before a statement is lost on it.
  var isAlive: Bool {
    guard isUsable else { return false }
    // Something to read without a question is the end, or the server's farewell. It may be a harmless notice, too: that
    // is rare, and a new connection is the safe answer to all of them.
    var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 0) == 0
  }

  var isInTransaction: Bool {
    let status = PQtransactionStatus(connection)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  /// Forgets the prepared statements, here and on the server.
  func discardPreparedStatements(timeout: Duration?) throws(PostgresError) {
    prepared.removeAll()
    _ = try run(PostgresStatement(SQL(schema: "DEALLOCATE ALL")), timeout: timeout)
  }

  // MARK: - Statements

  /// A literal that is being prepared.
  private struct Preparation {
    let literal: UnsafeRawPointer
    let name: String
  }

  /// Runs a statement in one round trip, in which a literal is prepared, too, when it is run for the first time.
  func run(_ statement: PostgresStatement, timeout: Duration?) throws(PostgresError) -> PostgresRows {
    let preparation = try send(statement)
    guard PQpipelineSync(connection) == 1 else { throw sendingFailed() }
    return try receive(statement.sql, preparation, deadline: timeout.map { Deadline(after: $0) })
  }

  /// Sends a statement, and before it the preparation that it may need, which is returned.
  private func send(_ statement: PostgresStatement) throws(PostgresError) -> Preparation? {
    let count = Int32(clamping: statement.parameters.count)
    var preparation: Preparation?
    let succeeded: Bool
    switch statement.sql.source {
    case .schema(let text):
      succeeded = statement.parameters.withPointers {
        PQsendQueryParams(connection, text, count, nil, $0, nil, nil, 0) == 1
      }
    case .literal(let text):
      let name: String
      if let known = prepared[UnsafeRawPointer(text.utf8Start)] {
        name = known
      } else {
        let new = try prepare(text)
        preparation = new
        name = new.name
      }
      succeeded = statement.parameters.withPointers {
        PQsendQueryPrepared(connection, name, count, $0, nil, nil, 0) == 1
      }
    }
    guard succeeded else { throw sendingFailed() }
    return preparation
  }

  private func prepare(_ text: StaticString) throws(PostgresError) -> Preparation {
    preparedCount += 1
    let name = "s\(preparedCount)"
    guard PQsendPrepare(connection, name, text.description, 0, nil) == 1 else { throw sendingFailed() }
    return Preparation(literal: UnsafeRawPointer(text.utf8Start), name: name)
  }

  private func receive(
    _ statement: SQL, _ preparation: Preparation?, deadline: Deadline?
  ) throws(PostgresError) -> PostgresRows {
    var deadline = deadline
    var failure: ServerResult?
    if let preparation, let answer = try nextAnswer(&deadline) {
      if answer.isSuccess { prepared[preparation.literal] = preparation.name } else { failure = answer }
    }
    let answer = try nextAnswer(&deadline)
    if failure == nil, let answer, !answer.isSuccess { failure = answer }
    // The end of the round trip is the COMMIT of a statement outside a transaction, and may fail like one: what it
    // answered then comes before the sign that it is over, with an end of results in between.
    while PQstatus(connection) == CONNECTION_OK {
      guard let result = try nextResult(&deadline) else { continue }
      if result.status == PGRES_PIPELINE_SYNC { break }
      if failure == nil { failure = result }
    }

    guard PQstatus(connection) == CONNECTION_OK else {
      throw connectionLost(diagnostics: failure?.diagnostics)
    }
    guard failure == nil, let answer else {
      throw error(failure, statement: statement, timedOut: deadline?.hasPassed ?? false)
    }
    return PostgresRows(result: answer)
  }

  // MARK: - Waiting

  private struct Deadline {
    var instant: ContinuousClock.Instant
    var hasPassed = false

    init(after duration: Duration) {
      instant = .now + duration
    }

    var millisecondsLeft: Int32 {
      let left = ContinuousClock.now.duration(to: instant)
      return Int32(
        clamping: max(0, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000))
    }
  }

  /// The answer to the next command: its first result, as further ones only say what the loss of a connection led to.
  private func nextAnswer(_ deadline: inout Deadline?) throws(PostgresError) -> ServerResult? {
    var answer: ServerResult?
    while let result = try nextResult(&deadline) { answer = answer ?? result }
    return answer
  }

  /// The next result of the current command, or nil when it has no more.
  private func nextResult(_ deadline: inout Deadline?) throws(PostgresError) -> ServerResult? {
    while PQisBusy(connection) == 1 {
      if try waitForInput(&deadline), PQconsumeInput(connection) == 0 { break }
    }
    return PQgetResult(connection).map { ServerResult($0) }
  }

  private func waitForInput(_ deadline: inout Deadline?) throws(PostgresError) -> Bool {
    var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
    let count = poll(&descriptor, 1, deadline?.millisecondsLeft ?? -1)
    guard count == 0 else { return count > 0 }
    guard deadline?.hasPassed == false else {
      isOutOfStep = true
      throw PostgresError(.timedOut, "the server did not answer in time, nor to the request to cancel the statement")
    }
    cancelRequest?.sendFromThread()
    // Nobody knows when it is dealt with: it must not hit another statement.
    isOutOfStep = true
    deadline = Deadline(after: .seconds(2))
    deadline?.hasPassed = true
    return false
  }

  // MARK: - Errors

  private func error(_ result: ServerResult?, statement: SQL, timedOut: Bool) -> PostgresError {
    guard let diagnostics = result?.diagnostics else {
      isOutOfStep = true
      let message = String(cString: PQresultErrorMessage(result?.pointer)).onOneLine
      return PostgresError(.connectionLost, message, statement: statement.description)
    }
    let queryCanceled = "57014"
    if timedOut, diagnostics.sqlState == queryCanceled {
      return PostgresError(
        .timedOut, "the statement ran longer than allowed and was cancelled", diagnostics: diagnostics,
        statement: statement.description)
    }
    return PostgresError(.server, diagnostics.message, diagnostics: diagnostics, statement: statement.description)
  }

  private func connectionLost(diagnostics: ServerDiagnostics?) -> PostgresError {
    isOutOfStep = true
    let reason = diagnostics?.message ?? String(cString: PQerrorMessage(connection)).onOneLine
    return PostgresError(
      .connectionLost, "the connection to PostgreSQL \(Self.place(of: connection)) was lost: \(reason)",
      diagnostics: diagnostics)
  }

  private func sendingFailed() -> PostgresError {
    guard PQstatus(connection) == CONNECTION_OK else { return connectionLost(diagnostics: nil) }
    // Part of the pipeline has been queued: no statement may follow it.
    isOutOfStep = true
    return PostgresError(.encoding, String(cString: PQerrorMessage(connection)).onOneLine)
  }

  private static func place(of connection: OpaquePointer) -> String {
    func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
    let host = text(PQhost(connection))
    let port = text(PQport(connection))
    return
      "at \(host.isEmpty ? "(no host)" : host)\(port.isEmpty ? "" : ":\(port)"), database \"\(text(PQdb(connection)))\""
  }

  /// Calls `body` with the connection's parameters as libpq wants them: two arrays of C strings, each ended by a null.
  private static func withKeywords<R>(
    of configuration: PostgresConfiguration, _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> R
  ) -> R {
    let names = configuration.keywords.map { strdup($0.name) } + [nil]
    let values = configuration.keywords.map { strdup($0.value) } + [nil]
    defer { for string in names + values { free(string) } }
    return body(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) })
  }
}
