public import Logging
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

  let clock: @Sendable () -> Int64
  var queues: [String: LiveQueue] = [:]
  var polls: [LongPoll.ID: LongPoll] = [:]
  var lastPoll: LongPoll.ID = 0
  /// When each poll's time is up.
  var deadlines = DueHeap<LongPoll.ID>()
  /// When queues that are polled have a message that becomes available by itself, by the queues' names.
  var wakeUps = DueHeap<String>()
  var timer: (at: Int64, task: Scheduled<Void>)?
  var isShutDown = false
  /// Nil in memory mode.
  let storage: QueueStorage?

  /// Opens the queues; with a folder, what was acknowledged there earlier is back.
  public init(
    eventLoop: any EventLoop, region: String = "us-east-1", accountID: String = "000000000000",
    storage: Storage = .memory, logger: Logger = Logger(label: "queues")
  ) async throws(QueueStorageError) {
    self.eventLoop = eventLoop
    self.region = region
    self.accountID = accountID
    self.clock = WallClock.milliseconds
    guard case .directory(let folder) = storage else {
      self.storage = nil
      return
    }
    let opened = try QueueStorage.open(folder: folder, eventLoop: eventLoop)
    self.storage = opened.storage
    for queue in opened.queues { queues[queue.name] = LiveQueue(queue) }
    if let note = opened.note { logger.warning("\(note)") }
  }

  /// Milliseconds since 1970.
  var now: Int64 { clock() }

  /// Puts a change into the log, where there is one.
  func log(_ record: @autoclosure () -> QueueRecord) {
    guard let storage else { return }
    storage.append(record())
  }

  /// Calls back once everything done so far is as durable as the storage makes it, or could not be made so.
  func whenDurable(_ body: @escaping (SQSError?) -> Void) {
    if let storage { storage.whenDurable(body) } else { body(nil) }
  }

  /// The ARN of a queue of that name, whether there is one or not.
  public nonisolated func arn(ofQueue name: String) -> String { "arn:aws:sqs:\(region):\(accountID):\(name)" }

  /// Ends all long polls with no messages and closes the storage; what was acknowledged is on disk.
  public func shutdown() async {
    isShutDown = true
    for id in polls.keys { end(id, with: .success([])) }
    timer?.task.cancel()
    timer = nil
    await storage?.close()
  }
}
