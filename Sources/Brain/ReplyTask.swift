import ConversationAPI
import LambdaEvents
import Logging
import SQSClient

/// Answers one message, once: the Backend stores one answer to a message, however often the task is delivered.
struct ReplyTask {
  let conversationID: Int64
  let messageID: Int64
  let record: SQSEvent.Record
  let dependencies: Dependencies
  let budget: TimeBudget
  let logger: Logger

  /// Whether the record is worked off; false to get it again.
  func run() async -> Bool {
    var logger = logger
    logger[metadataKey: "conversation_id"] = "\(conversationID)"
    logger[metadataKey: "message_id"] = "\(messageID)"
    do {
      try await answer(logger)
      return true
    } catch BackendError.notFound {
      logger.info("the conversation is gone, its message is not answered")
      return true
    } catch {
      logger.error("the message is not answered", metadata: ["reason": "\(error)"])
      if let pause = Self.pause(after: error) { await putOff(for: pause, logger) }
      return false
    }
  }

  /// How long Backend or model are asked for patience, where the failure is theirs and will pass; at least zero.
  private static func pause(after error: any Error) -> Duration? {
    switch error {
    case BackendError.unavailable: .zero
    case LanguageModelError.unavailable(_, let asked): asked ?? .zero
    case LanguageModelError.deadline: .zero
    default: nil
    }
  }

  /// Lets the record come again soon, and each time later: somebody waits for the answer, and the queue's visibility
  /// time-out is made for whole batches. In a FIFO queue that would be the group's matter, not this record's alone.
  private func putOff(for pause: Duration, _ logger: Logger) async {
    guard !record.isFIFO else { return }
    let tries = min(max(record.receiveCount ?? 1, 1), 4)
    let own = [10, 60, 360, 720][tries - 1]
    let seconds = max(own, Int((min(pause, .seconds(900)) / .seconds(1)).rounded(.up)))
    do throws(SQSError) {
      try await dependencies.sqs.changeMessageVisibility(
        queueURL: dependencies.settings.queueURL, receiptHandle: record.receiptHandle, seconds: seconds,
        timeout: max(budget.handOverEnd - .now, .milliseconds(100)))
      logger.notice("the message is tried again", metadata: ["seconds": "\(seconds)"])
    } catch {
      logger.warning("the message is tried again after its visibility time-out", metadata: ["reason": "\(error)"])
    }
  }

  private func answer(_ logger: Logger) async throws {
    let backend = dependencies.backend
    let page = try await backend.messages(of: conversationID, after: 0, deadline: budget.end)
    let messages =
      try await page.messages + backend.messages(of: conversationID, following: page, deadline: budget.end)
    guard let index = messages.firstIndex(where: { $0.id == messageID }) else {
      throw ReplyError(description: "the conversation has no such message")
    }
    guard messages[index].role == .user else { throw ReplyError(description: "the message is not a user's") }
    guard !messages.contains(where: { $0.replyToMessageID == messageID }) else {
      logger.info("the message is answered already")
      return
    }
    let userID = try await backend.conversation(conversationID, deadline: budget.end).userID
    let memories = try await backend.newestMemories(ofUser: userID, limit: 20, deadline: budget.end)
    let prompt = ReplyPrompt(messages: messages[...index], memories: memories)
    let answer = try await dependencies.model.complete(
      LanguageModelRequest(
        system: prompt.system, turns: [.init(role: .user, text: prompt.turn)], schema: nil,
        maximumOutputTokens: ReplyPrompt.maximumOutputTokens, deadline: budget.end))
    let text = answer.text.cleaned(limit: 4000)
    guard !text.isEmpty else { throw ReplyError(description: "the model's answer is empty") }
    try await backend.post(
      NewMessage(role: .assistant, content: text, replyToMessageID: messageID), to: conversationID, deadline: budget.end
    )
    logger.info("answered", metadata: ["model": "\(answer.model)"])
  }
}

/// Why a message is not answered.
struct ReplyError: Error, CustomStringConvertible {
  let description: String
}
