import ConversationAPI
import Logging

/// Answers one message, once: the Backend stores one answer to a message, however often the task is delivered.
struct ReplyTask {
  let conversationID: Int64
  let messageID: Int64
  let dependencies: Dependencies
  let deadline: ContinuousClock.Instant
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
      return false
    }
  }

  private func answer(_ logger: Logger) async throws {
    let backend = dependencies.backend
    let page = try await backend.messages(of: conversationID, after: 0, deadline: deadline)
    let messages =
      try await page.messages + backend.messages(of: conversationID, following: page, deadline: deadline)
    guard let index = messages.firstIndex(where: { $0.id == messageID }) else {
      throw ReplyError(description: "the conversation has no such message")
    }
    guard messages[index].role == .user else { throw ReplyError(description: "the message is not a user's") }
    guard !messages.contains(where: { $0.replyToMessageID == messageID }) else {
      logger.info("the message is answered already")
      return
    }
    let userID = try await backend.conversation(conversationID, deadline: deadline).userID
    let memories = try await backend.newestMemories(ofUser: userID, limit: 20, deadline: deadline)
    let prompt = ReplyPrompt(messages: messages[...index], memories: memories)
    let answer = try await dependencies.model.complete(
      LanguageModelRequest(
        system: prompt.system, turns: [.init(role: .user, text: prompt.turn)], schema: nil,
        maximumOutputTokens: ReplyPrompt.maximumOutputTokens, deadline: deadline))
    let text = answer.text.cleaned(limit: 4000)
    guard !text.isEmpty else { throw ReplyError(description: "the model's answer is empty") }
    try await backend.post(
      NewMessage(role: .assistant, content: text, replyToMessageID: messageID), to: conversationID, deadline: deadline)
    logger.info("answered", metadata: ["model": "\(answer.model)"])
  }
}

/// Why a message is not answered.
struct ReplyError: Error, CustomStringConvertible {
  let description: String
}
