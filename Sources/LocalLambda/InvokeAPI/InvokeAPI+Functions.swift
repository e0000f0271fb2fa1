import JSON
import NIOCore
import NIOHTTP1
import NIOPosix

/// What is asked about functions; none of it runs one.
extension InvokeAPI {
  /// The answer to `GET …/functions/NAME/WHAT`.
  func describe(
    _ what: String, _ function: FunctionConfiguration, _ exchange: HTTPExchange
  ) throws(InvokeAPIError) {
    let description = FunctionDescription(function: function)
    switch what {
    case "": answer(exchange) { description.whole() }
    case "configuration": answer(exchange) { description.configuration() }
    case "versions": answer(exchange) { ["Versions": [description.configuration()]] }
    case "aliases": answer(exchange) { ["Aliases": []] }
    case "concurrency":
      answer(exchange) { ["ReservedConcurrentExecutions": .integer(function.maximumConcurrency)] }
    case "policy": throw .notFound(message: "The resource you requested does not exist.")
    default: throw .unknownOperation
    }
  }

  /// ListFunctions, in pages: a marker is the name that the next page begins with.
  func list(_ request: ServerRequest, _ exchange: HTTPExchange) throws(InvokeAPIError) {
    let query = QueryString.pairs(request.query)
    var limit = Self.largestPage
    if let text = query.first(where: { $0.name == "MaxItems" })?.value {
      guard let number = Int(text), number >= 1 else {
        throw .validation(text, at: "maxItems", "Member must have value greater than or equal to 1")
      }
      guard number <= 10_000 else {
        throw .validation(text, at: "maxItems", "Member must have value less than or equal to 10000")
      }
      limit = min(limit, number)
    }
    let all = functions.map(\.configuration).sorted { $0.name < $1.name }
    let marker = query.first { $0.name == "Marker" }?.value ?? ""
    let rest = all.drop { $0.name < marker }
    let page = rest.prefix(limit)
    let next = rest.dropFirst(limit).first?.name
    answer(exchange) {
      var answer: JSONObject = [
        "Functions": .array(page.map { FunctionDescription(function: $0).configuration() })
      ]
      answer["NextMarker"] = next.map { .string($0) }
      return .object(answer)
    }
  }

  /// The most that one page of functions has, whatever is asked for.
  private static let largestPage = 50

  /// Answers with JSON that is made away from the event loop, as it takes a look at programs.
  private func answer(_ exchange: HTTPExchange, _ make: @escaping @Sendable () -> JSONValue) {
    NIOThreadPool.singleton.submit { _ in exchange.answer(make()) }
  }
}

extension HTTPExchange {
  /// Answers with JSON, or with nothing.
  func answer(_ json: JSONValue?) {
    let headers: HTTPHeaders = ["x-amzn-RequestId": RandomID.uuid()]
    if let json {
      respond(.ok, json: json.serialized, headers: headers)
    } else {
      respond(ServerResponse(.noContent, headers: headers))
    }
  }
}
