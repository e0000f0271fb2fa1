import NIOCore
import NIOHTTP1

/// SQS over HTTP: the JSON and the query protocol on one port, for any SDK.
///
/// Beside SQS's own protocols it serves what `lambda-local queue` shows; all answers are JSON, and neither of these two
/// changes what a consumer sees:
///
/// - `GET /_lambda-local/queues` → `{"queues":[{"name","url","arn","fifo":bool,"available":n,"in_flight":n,"delayed":n,
///   "waiting_polls":n,"oldest_sent_at":ms|null,"dead_letter_queue":name|null,"max_receive_count":n|null}]}`
/// - `GET /_lambda-local/queues/NAME/messages?limit=20` → `{"messages":[{"message_id","body",
///   "state":"available"|"delayed"|"in_flight"|"locked","sent_at":ms,"available_at":ms|null,"receive_count":n,
///   "first_received_at":ms|null,"attributes":{name:{"type","value"}},"group_id"?,"deduplication_id"?,
///   "sequence_number"?,"dead_letter_source"?,"locked_by"?,"invocation"?,"is_last_receive"?}],"total":n,"now":ms}`,
///   oldest first; `available_at` says when a delayed or in-flight message is (back) in the queue, `locked_by` which
///   message of its group a locked one waits for, `invocation` the request id of the function's invocation that has
///   it or had it last, and `is_last_receive` that a dead letter is what it is next.
///
/// They are about the queues of the service's own region and account.
///
/// An unknown queue is 404 `{"message"}`, a wrong request 400.
public final class QueueServer: Sendable {
  private let service: QueueService
  private let server: HTTPServer
  private let host: String

  /// The port that is listened on.
  public var port: Int { server.port }
  /// `http://HOST:PORT`: the endpoint to give an SDK.
  public var url: String { LocalAddress.url(host: host, port: port) }

  /// Listens; port 0 takes any free one.
  public init(service: QueueService, host: String = "127.0.0.1", port: Int) async throws(ListenError) {
    self.service = service
    self.host = host
    let responder = CollectedRequests(maximumBodyBytes: Self.maximumBodyBytes) { request, exchange in
      guard request.bodyState == .complete else { return exchange.respond(ServerResponse(.payloadTooLarge)) }
      service.assumeIsolated { service in
        let poll = service.answer(WireRequest(request)) { exchange.respond(ServerResponse($0)) }
        guard let poll else { return }
        // A poll whose caller is gone takes no message.
        exchange.onClose { [service] in service.assumeIsolated { $0.cancel(poll) } }
      }
    }
    server = try await HTTPServer.listen(host: host, port: port, eventLoop: service.eventLoop, responder: responder)
  }

  /// The largest body: a full batch of binary attributes in base64, form-encoded, with room for the rest.
  private static let maximumBodyBytes = 8 << 20

  /// The URL of a queue, as the server gives it to a caller of its own machine.
  public func url(ofQueue name: String, accountID: String = "000000000000") -> String { "\(url)/\(accountID)/\(name)" }

  /// Answers who waits for a message, stops listening and closes the connections.
  public func shutdown() async {
    await service.endPolls()
    await server.shutdown()
  }
}

extension WireRequest {
  fileprivate init(_ request: ServerRequest) {
    var (host, contentType, target): (String?, String?, String?)
    var (accept, authorization, traceHeader): (String?, String?, String?)
    var page = WebPage()
    // In one pass: looking for each of them would be many.
    for (name, value) in request.head.headers {
      switch name.utf8.count {
      case 4 where name.isASCIIEqual(to: "host"): host = value
      case 6 where name.isASCIIEqual(to: "accept"): accept = value
      case 6 where name.isASCIIEqual(to: "origin"): page.origin = value
      case 12 where name.isASCIIEqual(to: "content-type"): contentType = value
      case 12 where name.isASCIIEqual(to: "x-amz-target"): target = value
      case 13 where name.isASCIIEqual(to: "authorization"): authorization = value
      case 14 where name.isASCIIEqual(to: "sec-fetch-site"): page.fetchSite = value
      case 15 where name.isASCIIEqual(to: "x-amzn-trace-id"): traceHeader = value
      default: break
      }
    }
    self.init(
      method: request.head.method.rawValue, uri: request.head.uri, host: host, contentType: contentType,
      target: target, accept: accept, authorization: authorization, traceHeader: traceHeader, page: page,
      body: request.body)
  }
}

extension ServerResponse {
  fileprivate init(_ response: WireResponse) {
    self.init(
      HTTPResponseStatus(statusCode: response.status), headers: HTTPHeaders(response.headers),
      body: ByteBuffer(bytes: response.body))
  }
}
