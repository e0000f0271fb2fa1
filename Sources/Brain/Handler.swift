import ConversationAPI
import LambdaEvents
import LambdaRuntime
import Logging

/// Works off an event of the queue and answers which records shall come again.
///
/// An event that is no SQS event is an error of the whole invocation.
func handle(_ event: [UInt8], _ context: LambdaContext, _ dependencies: Dependencies) async throws -> [UInt8] {
  let records = try SQSEvent.decode(from: event).records
  let worker = RecordWorker(dependencies: dependencies, context: context)
  let isDone = await worker.run(records)
  return try SQSBatchResponse(
    batchItemFailures: records.filter { isDone[$0.messageId] != true }.map { .init(itemIdentifier: $0.messageId) }
  ).encoded()
}

/// Works off the records of one event, at once where their order is free.
private struct RecordWorker {
  let dependencies: Dependencies
  let context: LambdaContext
  let budget: TimeBudget
  let ledger: BatchLedger
  let limit: ConcurrencyLimit

  init(dependencies: Dependencies, context: LambdaContext) {
    self.dependencies = dependencies
    self.context = context
    let concurrency = dependencies.settings.memoryConcurrency
    budget = TimeBudget(context)
    ledger = BatchLedger(budget: budget, concurrency: concurrency)
    limit = ConcurrencyLimit(concurrency)
  }

  /// Which records are worked off, by their ids.
  func run(_ records: [SQSEvent.Record]) async -> [String: Bool] {
    await withTaskGroup(of: [(String, Bool)].self) { group in
      for lane in Self.lanes(records) {
        group.addTask { await run(lane: lane) }
      }
      return await group.reduce(into: [:]) { isDone, lane in
        for (id, done) in lane { isDone[id] = done }
      }
    }
  }

  /// Records of one group of a FIFO queue follow each other; every other record stands alone.
  private static func lanes(_ records: [SQSEvent.Record]) -> [[SQSEvent.Record]] {
    var lanes: [[SQSEvent.Record]] = []
    var laneOfGroup: [String: Int] = [:]
    for record in records {
      guard record.isFIFO, let group = record.messageGroupID else {
        lanes.append([record])
        continue
      }
      if let lane = laneOfGroup[group] {
        lanes[lane].append(record)
      } else {
        laneOfGroup[group] = lanes.count
        lanes.append([record])
      }
    }
    return lanes
  }

  /// After a failure the rest of a FIFO group is not worked on, and reported as failed too: else its order were lost.
  private func run(lane: [SQSEvent.Record]) async -> [(String, Bool)] {
    var results: [(String, Bool)] = []
    for record in lane {
      let isBlocked = results.contains { !$0.1 }
      results.append((record.messageId, isBlocked ? false : await run(record)))
    }
    return results
  }

  private func run(_ record: SQSEvent.Record) async -> Bool {
    var logger = context.logger
    logger[metadataKey: "sqs_message_id"] = "\(record.messageId)"
    let task: TaskMessage
    do throws(TaskMessageError) {
      task = try TaskMessage(parsing: record.body)
    } catch {
      logger.error("the record is not understood", metadata: ["reason": "\(error)"])
      return false
    }
    switch task {
    case .generateMemoryBatch(let ids):
      return await BatchTask(
        conversationIDs: ids, groupID: record.messageGroupID, isFIFO: record.isFIFO, recordID: record.messageId,
        dependencies: dependencies, budget: budget, ledger: ledger, limit: limit, logger: logger
      ).run()
    case .reply(let conversationID, let messageID):
      return await limit.withSlot {
        await ReplyTask(
          conversationID: conversationID, messageID: messageID, record: record, dependencies: dependencies,
          budget: budget, logger: logger
        ).run()
      }
    }
  }
}
