/// A method and a path that is answered.
struct Route: Sendable {
  /// What answers it.
  typealias Handler = @Sendable (Request, Services) async throws -> Answer

  let method: String
  /// The path; `{id}` stands for an id.
  let path: String
  /// Whether anyone may call it, where an API key is asked for.
  let isOpen: Bool
  let handler: Handler
  /// The path's segments.
  let segments: [Substring]

  init(_ method: String, _ path: String, open: Bool = false, _ handler: @escaping Handler) {
    self.method = method
    self.path = path
    self.isOpen = open
    self.handler = handler
    segments = path.split(separator: "/")
  }

  /// Whether this route's path is that of a request.
  func matches(_ path: [String]) -> Bool {
    segments.count == path.count && zip(segments, path).allSatisfy { $0 == "{id}" || $0 == $1 }
  }

  static let all: [Route] =
    [health, openAPI] + userRoutes + conversationRoutes + messageRoutes + memoryRoutes + [trigger, webhook]
}

extension Request {
  /// The id in the path. Whatever is no id names nothing that exists.
  func id(of thing: String, at index: Int = 1) throws(Problem) -> Int64 {
    guard let id = Int64(decimal: segments[index]), id > 0 else {
      throw .unknown(thing, "There is no \(thing) \(segments[index]): ids are positive whole numbers.")
    }
    return id
  }
}
