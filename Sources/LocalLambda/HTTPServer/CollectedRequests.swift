import NIOHTTP1

/// A responder that is given whole requests, with bodies of a limited size.
struct CollectedRequests: HTTPResponder {
  let maximumBodyBytes: Int
  let handle: @Sendable (ServerRequest, HTTPExchange) -> Void

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling { .collect(upTo: maximumBodyBytes) }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) { handle(request, exchange) }
}

extension ServerRequest {
  /// The header field of that name, the first if there are several.
  subscript(name: String) -> String? { head.headers.first(name: name) }
}

extension HTTPExchange {
  /// Answers with JSON.
  func respond(_ status: HTTPResponseStatus, json: String, headers: HTTPHeaders = [:]) {
    var response = ServerResponse(status, contentType: "application/json", json)
    response.headers.add(contentsOf: headers)
    respond(response)
  }
}
