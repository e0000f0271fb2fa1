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

  /// Whether AWS's cool-downs count, and unsigned requests are refused.
  let isStrict: Bool
  var queues: [QueueAddress: LiveQueue] = [:]
  /// When queues were deleted, in strict mode, for a minute.
  var deletions: [QueueAddress: Int64] = [:]
  /// The last tasks of each dead-letter queue, the latest at the end.
  var moveTasks: [QueueAddress: [MoveTask]] = [:]
  var random = RandomBits()
  var polls: [LongPoll.ID: LongPoll] = [:]
  var lastPoll: LongPoll.ID = 0
  /// What was received, and is not answered yet.
  var delivering: [LongPoll.ID: (QueueAddress, [ReceiptHandle])] = [:]
  /// When each poll's time is up.
  var deadlines = DueHeap<LongPoll.ID>()
  /// When queues that are polled have a message that becomes available by itself, by the queues' tags.
  var wakeUps = DueHeap<UInt64>()
  /// The queues of `wakeUps` by their tags.
  var polled: [UInt64: LiveQueue] = [:]
  var timer: (at: Int64, task: Scheduled<Void>)?
  var isShutDown = false
  var invocationNotes = InvocationNotes()
  /// Nil in memory mode.
  let storage: QueueStorage?

  /// Opens the queues; with a folder, what was acknowledged there earlier is back.
  ///
  /// - Parameter isStrict: for 60 seconds after its deletion a queue cannot be made again, and after a purge not be
  ///   purged again; requests have to be signed, by whomever.
  public init(
    eventLoop: any EventLoop, region: String = "us-east-1", accountID: String = "000000000000",
    storage: Storage = .memory, isStrict: Bool = false, logger: Logger = Logger(label: "queues")
  ) async throws(QueueStorageError) {
    try await self.init(
      eventLoop: eventLoop, region: region, accountID: accountID, storage: storage, isStrict: isStrict,
      logSlack: QueueStorage.slack, logger: logger)
  }

  /// - Parameter logSlack: how long the log may become beyond twice of what the queues hold, in bytes.
  init(
    eventLoop: any EventLoop, region: String = "us-east-1", accountID: String = "000000000000",
    storage: Storage = .memory, isStrict: Bool = false, logSlack: Int, logger: Logger = Logger(label: "queues")
  ) async throws(QueueStorageError) {
    self.eventLoop = eventLoop
    self.region = region
    self.accountID = accountID
    self.isStrict = isStrict
    guard case .directory(let folder) = storage else {
      self.storage = nil
      return
    }
    let opened = try QueueStorage.open(folder: folder, slack: logSlack, eventLoop: eventLoop)
    self.storage = opened.storage
    for queue in opened.queues { queues[queue.address] = LiveQueue(queue) }
    for task in opened.moveTasks { moveTasks[task.source, default: []].append(task) }
    for task in opened.moveTasks where task.status == .running { resume(task) }
    if let note = opened.note { logger.warning("\(note)") }
  }

  /// Milliseconds since 1970.
  var now: Int64 { WallClock.milliseconds() }

  /// Puts a change into the log, where there is one.
  func log(_ record: @autoclosure () -> QueueRecord) {
    guard let storage else { return }
    if storage.isTooLong {
      storage.compact(QueueSnapshot(queues: Array(queues.values), moveTasks: Array(moveTasks.values.joined())))
    }
    storage.append(record())
  }

  /// Calls back once everything done so far is as durable as the storage makes it, or could not be made so.
  func whenDurable(_ durability: QueueStorage.Durability = .synced, _ body: @escaping (SQSError?) -> Void) {
    if let storage { storage.when(durability, body) } else { body(nil) }
  }

  /// Calls back once the storage takes changes again, when the last one could not be written: at once, unless it
  /// cannot now either.
  func whenWritable(_ body: @escaping (SQSError?) -> Void) {
    if let storage, storage.isFailing { storage.when(.written, body) } else { body(nil) }
  }

  /// The ARN of a queue of that name in the service's own region and account, whether there is one or not.
  public nonisolated func arn(ofQueue name: String) -> String { QueueAddress(name, in: ownScope).arn }

  /// The region and account of callers who say nothing else.
  nonisolated var ownScope: QueueScope { QueueScope(region: region, accountID: accountID) }

  /// Ends all long polls with no messages, and lets none begin.
  func endPolls() {
    isShutDown = true
    for id in polls.keys { end(id, with: .success([])) }
  }

  /// Ends all long polls with no messages and closes the storage; what was acknowledged is on disk.
  public func shutdown() async {
    endPolls()
    timer?.task.cancel()
    timer = nil
    await storage?.close()
  }
}
