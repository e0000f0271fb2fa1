import ConversationAPI
import Logging
import SQSClient

/// Makes the memories of a batch of conversations, each for itself.
///
/// What happens to a record when conversations in it fail:
/// - A conversation that fails is logged with its id, and the rest go on. It stays due in the database, and comes again
///   with the next trigger; so it can neither be lost nor hold up the queue.
/// - What there was no time for goes back to the queue as a new message, before this one is acknowledged: a crash in
///   between gives a duplicate, which costs one GET a conversation, and never a loss.
/// - The record is reported as failed when nothing could be done, because Backend or model was unavailable for
///   everything, and when handing over failed. Then all of it comes again after the queue's visibility timeout, as often
///   as the queue's redrive policy allows.
struct BatchTask {
  let conversationIDs: [Int64]
  /// Where the rest goes to, on a standard queue as on a FIFO one: the record's own group, if it has one.
  let groupID: String?
  /// Whether the queue keeps an order. Such a queue wants a deduplication id and takes no delay, any other the reverse.
  let isFIFO: Bool
  /// The record's id, which makes the rest's deduplication id.
  let recordID: String
  let dependencies: Dependencies
  let budget: TimeBudget
  let ledger: BatchLedger
  let limit: ConcurrencyLimit
  let logger: Logger

  /// What became of one conversation.
  private enum Outcome: Sendable, Equatable {
    /// Its memory covers it, or it is gone.
    case done
    /// It failed for a reason of its own.
    case failed
    /// Backend or model was unavailable.
    case unavailable
    /// It has to be handed over.
    case rest
    /// Another record of the event has it.
    case elsewhere
  }

  /// Whether the record is worked off; false to get it again.
  func run() async -> Bool {
    let outcomes = await outcomes()
    let rest = conversationIDs.unique.filter { outcomes[$0] == .rest }
    let counts = Counts(outcomes.values)
    let isDenied = ledger.stop == .denied
    let goesBack = !rest.isEmpty && !isDenied && ledger.hasProgress
    let handedOver = goesBack ? await handOver(rest) : 0
    logger.info(
      "batch ended",
      metadata: [
        "conversations": "\(outcomes.count)", "done": "\(counts.done)", "failed": "\(counts.failed)",
        "unavailable": "\(counts.unavailable)", "handed_over": "\(handedOver)", "left": "\(rest.count - handedOver)",
      ])
    if rest.isEmpty {
      return counts.unavailable == 0 || counts.done + counts.failed + counts.elsewhere > 0
    }
    if isDenied {
      logger.critical(
        "the rest of the batch is not begun: it stays due until access is granted",
        metadata: ["conversations": "\(rest.count)"])
      return counts.done > 0
    }
    return handedOver == rest.count
  }

  private func outcomes() async -> [Int64: Outcome] {
    await withTaskGroup(of: (Int64, Outcome).self) { group in
      var outcomes: [Int64: Outcome] = [:]
      var waiting = conversationIDs.unique[...]
      func beginNext() {
        guard let id = waiting.popFirst() else { return }
        group.addTask { (id, await limit.withSlot { await work(on: id) }) }
      }
      for _ in 0..<dependencies.settings.memoryConcurrency { beginNext() }
      while let (id, outcome) = await group.next() {
        outcomes[id] = outcome
        beginNext()
      }
      return outcomes
    }
  }

  private func work(on conversationID: Int64) async -> Outcome {
    switch ledger.begin(conversationID) {
    case .elsewhere: return .elsewhere
    case .stop: return .rest
    case .go: break
    }
    var logger = logger
    logger[metadataKey: "conversation_id"] = "\(conversationID)"
    let begin = ContinuousClock.now
    let hadTime = budget.isMostlyLeft
    let (end, windows) = await ConversationMemory(
      conversationID: conversationID, dependencies: dependencies, deadline: budget.end, logger: logger
    ).update()
    let duration = ContinuousClock.now - begin
    ledger.end(end, windows: windows, after: duration)
    logger[metadataKey: "windows"] = "\(windows)"
    logger[metadataKey: "milliseconds"] = "\(Int64(duration / .milliseconds(1)))"
    switch end {
    case .stored:
      logger.info("memory stored")
      return .done
    case .alreadyCovered:
      logger.debug("the memory covers the conversation already")
      return .done
    case .newerExists:
      logger.info("a newer memory was stored meanwhile, this one is dropped")
      return .done
    case .gone:
      logger.info("the conversation is gone")
      return .done
    case .changedMeanwhile:
      logger.warning("the memory was deleted or replaced meanwhile: this one is dropped, and made anew while it is due")
      return .failed
    case .failed(let reason):
      logger.error("no memory was made", metadata: ["reason": "\(reason)"])
      return .failed
    case .denied(let reason):
      logger.critical("no memory was made, access is denied", metadata: ["reason": "\(reason)"])
      return .unavailable
    case .unavailable(let reason, let pause):
      logger.error("no memory was made", metadata: ["reason": "\(reason)"])
      // A pause that the provider asked for is no failure of this conversation: it waits in the queue as the rest do.
      return pause.map { $0 > budget.left } ?? false ? .rest : .unavailable
    case .outOfTime where windows > 0 || !hadTime:
      logger.info("the time ran out, the conversation is handed over")
      return .rest
    case .outOfTime:
      logger.error("no memory was made", metadata: ["reason": "the time of a whole invocation is too short"])
      return .unavailable
    }
  }

  /// Sends the rest back to the queue, and answers how many of its conversations arrived there.
  private func handOver(_ rest: [Int64]) async -> Int {
    let messages = TaskMessage.batches(of: rest, maximumBytes: dependencies.settings.maximumMessageBytes)
    var handedOver = 0
    for message in messages {
      do throws(SQSError) {
        _ = try await dependencies.sqs.sendMessage(
          queueURL: dependencies.settings.queueURL, body: message.body,
          delaySeconds: isFIFO ? nil : delaySeconds, groupID: groupID,
          deduplicationID: isFIFO ? "\(recordID)-rest-\(message.extent)" : nil,
          timeout: max(budget.handOverEnd - .now, .milliseconds(100)))
      } catch {
        logger.error("the rest of the batch cannot be handed over", metadata: ["reason": "\(error)"])
        return handedOver
      }
      handedOver += message.conversationIDs.count
    }
    logger.notice(
      "the rest of the batch is handed over",
      metadata: ["conversations": "\(rest.count)", "messages": "\(messages.count)"])
    return handedOver
  }

  private var delaySeconds: Int? {
    switch ledger.stop {
    case .pause(let pause): min(900, Int((pause / .seconds(1)).rounded(.up)))
    case .outage: 60
    case .outOfTime, .denied, nil: nil
    }
  }

  private struct Counts {
    var done = 0
    var failed = 0
    var unavailable = 0
    var elsewhere = 0

    init(_ outcomes: some Sequence<Outcome>) {
      for outcome in outcomes {
        switch outcome {
        case .done: done += 1
        case .failed: failed += 1
        case .unavailable: unavailable += 1
        case .elsewhere: elsewhere += 1
        case .rest: break
        }
      }
    }
  }
}

extension TaskMessage {
  /// The conversations of a batch.
  fileprivate var conversationIDs: [Int64] {
    if case .generateMemoryBatch(let ids) = self { ids } else { [] }
  }

  /// What tells the parts of one rest apart, and the rests of two deliveries: another split is another message.
  fileprivate var extent: String {
    guard let first = conversationIDs.first, let last = conversationIDs.last else { return "empty" }
    return "\(first)-\(last)-\(conversationIDs.count)"
  }
}

extension [Int64] {
  /// Each id once, in the order of their first places.
  fileprivate var unique: [Int64] {
    var seen: Set<Int64> = []
    return filter { seen.insert($0).inserted }
  }
}
