public import NIOCore

/// Amazon SQS in this process: queues by name, their messages, and the long polls that wait for them.
///
/// All state lives on one event loop, which is the actor's executor: a channel handler of that loop calls the service
/// through `assumeIsolated`, with no locks and no hops.
public actor QueueService {
  /// Where the queues are kept.
  public enum Storage: Sendable, Hashable {
    /// Nothing outlives the process.
    case memory
    /// An append-only log in this folder, which is made when it is missing.
    case directory(String)
  }

  /// The loop that owns all state.
  public nonisolated let eventLoop: any EventLoop
  /// The region in the queues' ARNs.
  public nonisolated let region: String
  /// The account in the queues' ARNs and URLs.
  public nonisolated let accountID: String

  /// Runs the actor's code on its event loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// Opens the queues; with a folder, what was acknowledged there earlier is back.
  public init(
    eventLoop: any EventLoop, region: String = "us-east-1", accountID: String = "000000000000",
    storage: Storage = .memory
  ) async throws {
    self.eventLoop = eventLoop
    self.region = region
    self.accountID = accountID
  }

  /// Makes the queue, or gives an existing one these attributes and tags; returns its ARN.
  @discardableResult
  public func declare(_ configuration: QueueConfiguration) throws(SQSError) -> String {
    arn(ofQueue: configuration.name)
  }

  /// The ARN of a queue of that name, whether there is one or not.
  public nonisolated func arn(ofQueue name: String) -> String { "arn:aws:sqs:\(region):\(accountID):\(name)" }

  /// Ends all long polls with no messages and closes the storage; what was acknowledged is on disk.
  public func shutdown() async {}
}
