import JSON
import NIOCore
import NIOHTTP1

/// The calls about event source mappings:
/// [CreateEventSourceMapping](https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html), Get,
/// List, Update and Delete.
extension InvokeAPI {
  /// Answers a call, where there is a mapping to be had.
  ///
  /// - Parameter parts: those of the path.
  func eventSourceMappings(_ parts: [String], _ request: ServerRequest, _ exchange: HTTPExchange)
    throws(InvokeAPIError)
  {
    guard parts[0] == "2015-03-31", parts.count <= 3 else { throw .unknownOperation }
    let method = request.head.method
    guard let mappings else {
      guard method == .GET, parts.count == 2 else { throw .noQueues }
      return exchange.respond(mappings: [], next: nil)
    }
    guard request.bodyState == .complete else { throw .tooLarge(InvokeRequest.Kind.requestResponse.maximumBytes) }
    switch (method, parts.count) {
    case (.GET, 2):
      let page = try EventSourceMappingPage(request.query)
      exchange.answer { () throws(InvokeAPIError) in try await page.answer(exchange, mappings) }
    case (.POST, 2):
      let create = try EventSourceMappingRequest(request.body.readableBytesView)
      exchange.answer { () throws(InvokeAPIError) in
        exchange.respond(.accepted, mapping: try await mappings.create(create))
      }
    case (.GET, 3):
      exchange.answer { () throws(InvokeAPIError) in
        exchange.respond(.ok, mapping: try await mappings.description(of: parts[2]))
      }
    case (.PUT, 3):
      let update = try EventSourceMappingRequest(request.body.readableBytesView)
      exchange.answer { () throws(InvokeAPIError) in
        exchange.respond(.accepted, mapping: try await mappings.update(parts[2], update))
      }
    case (.DELETE, 3):
      exchange.answer { () throws(InvokeAPIError) in
        exchange.respond(.accepted, mapping: try await mappings.delete(parts[2]))
      }
    default: throw .unknownOperation
    }
  }
}

/// What ListEventSourceMappings asks for.
private struct EventSourceMappingPage: Sendable {
  private static let limits = 1...10_000
  /// The most that one answer holds, whatever is asked for.
  private static let largest = 100

  private var queueARN: String?
  private var function: String?
  private var start = 0
  private var count = largest

  init(_ query: some StringProtocol) throws(InvokeAPIError) {
    for pair in QueryString.pairs(query) where !pair.value.isEmpty {
      switch pair.name {
      case "EventSourceArn": queueARN = pair.value
      case "FunctionName": function = pair.value
      case "Marker":
        guard let start = Int(pair.value), start >= 0 else { throw .invalidParameter("Invalid marker") }
        self.start = start
      case "MaxItems":
        guard let count = Int(pair.value), Self.limits.contains(count) else {
          throw .validation(
            "Value '\(pair.value)' at 'maxItems' failed to satisfy constraint: "
              + "Member must have value between 1 and 10000")
        }
        self.count = min(count, Self.largest)
      default: break
      }
    }
  }

  func answer(_ exchange: HTTPExchange, _ mappings: EventSourceMappings) async throws(InvokeAPIError) {
    let all = try await mappings.list(queueARN: queueARN, function: function)
    let page = all.dropFirst(start).prefix(count)
    exchange.respond(mappings: Array(page), next: page.endIndex < all.endIndex ? page.endIndex : nil)
  }
}

extension HTTPExchange {
  /// Answers later; what goes wrong is answered, too.
  fileprivate func answer(_ body: @escaping @Sendable () async throws(InvokeAPIError) -> Void) {
    Task {
      do throws(InvokeAPIError) { try await body() } catch { refuse(error) }
    }
  }

  fileprivate func respond(_ status: HTTPResponseStatus, mapping: EventSourceMappingDescription) {
    respond(status, json: mapping.json.serialized, headers: ["x-amzn-RequestId": RandomID.uuid()])
  }

  fileprivate func respond(mappings: [EventSourceMappingDescription], next: Int?) {
    let json: JSONValue = [
      "EventSourceMappings": .array(mappings.map(\.json)),
      "NextMarker": next.map { .string(String($0)) } ?? .null,
    ]
    respond(.ok, json: json.serialized, headers: ["x-amzn-RequestId": RandomID.uuid()])
  }
}

extension InvokeAPIError {
  static let noSuchMapping = InvokeAPIError(
    status: .notFound, type: "ResourceNotFoundException", message: "The resource you requested does not exist.")

  static func mappingInUse(_ verb: String) -> InvokeAPIError {
    InvokeAPIError(
      status: .badRequest, type: "ResourceInUseException",
      message: "Cannot \(verb) the event source mapping because it is in use.")
  }

  static func serialization(_ problem: String) -> InvokeAPIError {
    InvokeAPIError(status: .badRequest, type: "SerializationException", message: problem)
  }

  fileprivate static let noQueues = invalidParameter(
    "There are no queues here. Event source mappings are served by `lambda-local up`, beside its queues.")
}
