import LambdaEvents
import LambdaRuntime

/// One HTTP request, cut into what routes look at.
struct Request: Sendable {
  /// `GET`, `POST`, …
  let method: String
  /// The path's segments, decoded; none for `/`.
  let segments: [String]
  /// What stands before the path in the URL: the API's stage, or nothing.
  let pathPrefix: String
  let query: Query
  let event: HTTPRequestEvent
  /// When the invocation times out, in milliseconds since 1970.
  private let deadline: Int64

  init(_ event: HTTPRequestEvent, deadline: Int64) {
    self.event = event
    self.deadline = deadline
    method = event.requestContext.http.method
    // HTTP APIs keep the stage in the path, unless it is the default one.
    let stage = event.requestContext.stage
    var path = event.rawPath[...]
    if stage != "$default", path == "/\(stage)" || path.hasPrefix("/\(stage)/") {
      path = path.dropFirst(stage.count + 1)
      pathPrefix = "/\(stage)"
    } else {
      pathPrefix = ""
    }
    // A slash at the end makes no difference.
    segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      .map { PercentEncoding.decode($0) }.dropLastIfEmpty()
    query = Query(event)
  }

  /// The path as the client wrote it, for messages.
  var path: String { event.rawPath }

  /// How long the request may be worked on, with a second kept back to answer it.
  var timeLeft: Duration { .milliseconds(deadline - LambdaContext.currentMilliseconds()) - .seconds(1) }

  /// The value of a header by its lower-case name.
  func header(_ name: String) -> String? { event.headers[name] }
}

extension [String] {
  fileprivate func dropLastIfEmpty() -> [String] {
    last == "" ? Array(dropLast()) : self
  }
}
