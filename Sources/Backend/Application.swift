import LambdaEvents
import LambdaRuntime
import Logging
import Postgres
import SQSClient

/// What routes work with.
struct Services: Sendable {
  let users: UserStore
  let conversations: ConversationStore
  let messages: MessageStore
  let memories: MemoryStore
  let database: PostgresPool
  let tasks: TaskQueue
  let inactivityThreshold: InactivityThreshold

  init(database: PostgresPool, tasks: TaskQueue, inactivityThreshold: InactivityThreshold) {
    self.database = database
    self.tasks = tasks
    self.inactivityThreshold = inactivityThreshold
    users = UserStore(database: database)
    conversations = ConversationStore(database: database)
    messages = MessageStore(database: database)
    memories = MemoryStore(database: database)
  }
}

/// The Backend as a function of an event.
struct Application: Sendable {
  let services: Services
  /// What callers of internal routes have to know; nil lets everyone in.
  let apiKey: String?

  /// Answers an HTTP event.
  func handle(_ event: [UInt8], _ context: LambdaContext) async throws -> LambdaResponse {
    let request: Request
    do {
      request = Request(try HTTPRequestEvent.decode(from: event), deadline: context.deadline)
    } catch {
      throw MalformedEvent(reason: String(describing: error))
    }
    return .buffered(await respond(to: request, logger: context.logger).payload)
  }

  /// Answers a request, whatever happens.
  func respond(to request: Request, logger: Logger) async -> Answer {
    var answer: Answer
    do {
      answer = try await route(request).handler(request, services)
    } catch let problem as Problem {
      answer = problem.answer
    } catch let error as PostgresError {
      let problem = Problem(error)
      logger.log(
        level: problem.status < 500 ? .warning : .error, "The database failed a request: \(error)",
        metadata: ["method": "\(request.method)", "path": "\(request.path)"])
      answer = problem.answer
    } catch {
      logger.error(
        "A request failed: \(error)", metadata: ["method": "\(request.method)", "path": "\(request.path)"])
      answer = Problem.internalError("The request failed for a reason that the function's log has.").answer
    }
    if request.method == "HEAD" { answer.body = [] }
    return answer
  }

  /// The route of a request that may be answered.
  private func route(_ request: Request) throws(Problem) -> Route {
    let candidates = Route.all.filter { $0.matches(request.segments) }
    guard !candidates.isEmpty else { throw .unknown("path", "There is nothing at \(request.path).") }
    // HEAD is GET without the body.
    let method = request.method == "HEAD" ? "GET" : request.method
    guard let route = candidates.first(where: { $0.method == method }) else {
      let allowed = candidates.flatMap { $0.method == "GET" ? ["GET", "HEAD"] : [$0.method] }
      throw .methodNotAllowed(request.method, path: request.path, allowed: allowed)
    }
    if let apiKey, !route.isOpen {
      guard let authorization = request.header("authorization") else {
        throw .unauthorized("This route wants the header Authorization: Bearer, with the Backend's API key.")
      }
      guard let given = Self.bearerToken(in: authorization), Self.isEqual(given, apiKey) else {
        throw .unauthorized("The API key is another one.")
      }
    }
    return route
  }

  /// What follows the scheme `Bearer`, whose case makes no difference (RFC 9110, 11.1); nil with another scheme.
  private static func bearerToken(in authorization: String) -> String? {
    let scheme = authorization.prefix { $0 != " " }
    guard scheme.lowercased() == "bearer" else { return nil }
    return String(authorization[scheme.endIndex...].drop { $0 == " " })
  }

  /// Compares without telling by the time it takes how much of a secret was right.
  private static func isEqual(_ given: String, _ secret: String) -> Bool {
    let given = Array(given.utf8)
    let secret = Array(secret.utf8)
    var difference = given.count ^ secret.count
    for index in secret.indices {
      difference |= Int(secret[index] ^ (index < given.count ? given[index] : 0))
    }
    return difference == 0
  }
}

/// An event that is no HTTP request.
struct MalformedEvent: LambdaReportableError {
  let reason: String

  var errorType: String { "Backend.MalformedEvent" }
  var errorMessage: String { "The event is not an HTTP request in payload format 2.0: \(reason)" }
}

extension Problem {
  /// What a client may know of trouble with the database.
  init(_ error: PostgresError) {
    switch error.kind {
    case .server: self.init(sqlState: error.sqlState ?? "")
    case .connectionLost:
      self = .serviceUnavailable(
        "The connection to the database was lost; it is not known whether the request took effect.")
    case .couldNotConnect, .closed: self = .serviceUnavailable("The database cannot be reached.")
    case .timedOut: self = .serviceUnavailable("The database took too long to answer.")
    case .cancelled: self = .serviceUnavailable("The request was cancelled.")
    case .encoding, .decoding, .configuration:
      self = .internalError("The Backend and its database do not fit together.")
    }
  }

  private init(sqlState: String) {
    switch sqlState {
    case SQLState.undefinedTable, SQLState.undefinedColumn, SQLState.undefinedFunction:
      self = .serviceUnavailable("The database does not have the tables it should have: `backend migrate` makes them.")
    case _ where sqlState.hasPrefix("22"):
      self = Problem(
        status: 422, title: "Unprocessable Content", detail: "The database cannot store one of the values.")
    case _ where sqlState.hasPrefix("23"):
      self = .serviceUnavailable("The request met another one that changed the same rows.")
    // Connections, transactions that have to be repeated, resources, locks, an operator, the system.
    case _ where ["08", "25", "40", "53", "55", "57", "58"].contains(sqlState.prefix(2)):
      self = .serviceUnavailable("The database cannot serve the request now.")
    default: self = .internalError("The database refused a statement.")
    }
  }
}
