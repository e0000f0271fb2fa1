import JSON

/// An error that the client is told about, as RFC 9457 problem details.
struct Problem: Error, Sendable {
  /// One thing that is wrong with a request.
  struct Fault: Sendable {
    /// Where it is: a JSON pointer into the body, or a parameter of the query.
    enum Place: Sendable {
      case pointer(String)
      case parameter(String)
    }

    let place: Place
    let detail: String
  }

  let status: Int
  let title: String
  let detail: String
  var errors: [Fault] = []
  var headers: [(name: String, value: String)] = []
  /// Further members that help a program to go on.
  var members: [Member] = []

  /// A member by its name and what writes its value.
  typealias Member = (name: String, write: @Sendable (inout JSONWriter) -> Void)

  var answer: Answer {
    var answer = Answer.json(status, headers: headers) { writer in
      writer.raw(#"{"type":"about:blank","title":"#)
      writer.string(title)
      writer.raw(#","status":"#)
      writer.integer(status)
      writer.raw(#","detail":"#)
      writer.string(detail)
      if !errors.isEmpty {
        writer.raw(#","errors":["#)
        for (index, fault) in errors.enumerated() {
          if index > 0 { writer.raw(",") }
          fault.write(to: &writer)
        }
        writer.raw("]")
      }
      for member in members {
        writer.raw(",")
        writer.string(member.name)
        writer.raw(":")
        member.write(&writer)
      }
      writer.raw("}")
    }
    answer.headers[0].value = "application/problem+json"
    return answer
  }
}

extension Problem.Fault {
  fileprivate func write(to writer: inout JSONWriter) {
    switch place {
    case .pointer(let pointer):
      writer.raw(#"{"pointer":"#)
      writer.string(pointer)
    case .parameter(let name):
      writer.raw(#"{"parameter":"#)
      writer.string(name)
    }
    writer.raw(#","detail":"#)
    writer.string(detail)
    writer.raw("}")
  }
}

extension Problem {
  static func badRequest(_ detail: String) -> Problem {
    Problem(status: 400, title: "Bad Request", detail: detail)
  }

  static func unauthorized(_ detail: String) -> Problem {
    Problem(
      status: 401, title: "Unauthorized", detail: detail, headers: [("www-authenticate", #"Bearer realm="backend""#)])
  }

  /// There is no such user, conversation, memory or path. It is named for programs, to which "not found" could be either.
  static func unknown(_ thing: String, _ detail: String) -> Problem {
    Problem(status: 404, title: "Not Found", detail: detail, members: [("unknown", { $0.string(thing) })])
  }

  static func unknown(_ thing: String, _ id: Int64) -> Problem {
    .unknown(thing, "There is no \(thing) \(id).")
  }

  static func methodNotAllowed(_ method: String, path: String, allowed: [String]) -> Problem {
    let allowed = allowed.joined(separator: ", ")
    return Problem(
      status: 405, title: "Method Not Allowed", detail: "\(path) does not know \(method), only \(allowed).",
      headers: [("allow", allowed)])
  }

  static func conflict(_ detail: String, members: [Member]) -> Problem {
    Problem(status: 409, title: "Conflict", detail: detail, members: members)
  }

  static func preconditionFailed(_ detail: String, members: [Member]) -> Problem {
    Problem(status: 412, title: "Precondition Failed", detail: detail, members: members)
  }

  static func contentTooLarge(_ detail: String) -> Problem {
    Problem(status: 413, title: "Content Too Large", detail: detail)
  }

  static func unsupportedMediaType(_ detail: String) -> Problem {
    Problem(status: 415, title: "Unsupported Media Type", detail: detail)
  }

  static func unprocessable(_ errors: [Fault]) -> Problem {
    Problem(
      status: 422, title: "Unprocessable Content",
      detail: errors.count == 1 ? "One value is not valid." : "\(errors.count) values are not valid.", errors: errors)
  }

  static func unprocessable(_ pointer: String, _ detail: String) -> Problem {
    .unprocessable([Fault(place: .pointer(pointer), detail: detail)])
  }

  static func internalError(_ detail: String) -> Problem {
    Problem(status: 500, title: "Internal Server Error", detail: detail)
  }

  static func badGateway(_ detail: String, members: [Member] = []) -> Problem {
    Problem(status: 502, title: "Bad Gateway", detail: detail, members: members)
  }

  static func serviceUnavailable(_ detail: String, members: [Member] = []) -> Problem {
    Problem(
      status: 503, title: "Service Unavailable", detail: detail, headers: [("retry-after", "1")], members: members)
  }
}
