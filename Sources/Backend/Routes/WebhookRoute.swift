import ConversationAPI
import JSON
import SQSClient

extension Route {
  /// Takes a message from a chat provider and asks the Brain for a reply.
  static let webhook = Route("POST", "/webhooks/messages", open: true) { request, services in
    var body = try RequestBody(request)
    let from = body.phoneNumber("from")
    let text = body.text("text")
    let providerMessageID = body.text("message_id", maximumLength: 255)
    try body.check()
    let received = try await services.messages.receive(
      from: from, text: text, providerMessageID: providerMessageID, threshold: services.inactivityThreshold)
    do throws(SQSError) {
      // A repeated delivery is enqueued again, since the first may have ended right here; the Brain answers once.
      try await services.tasks.send(
        .reply(conversationID: received.conversationID, messageID: received.messageID), within: request.timeLeft)
    } catch {
      throw Problem.queueFailed(error, "The message is stored, but no reply was asked for: deliver it again.")
    }
    return .json(202) { writer in
      writer.raw(#"{"user_id":"#)
      writer.integer(received.userID)
      writer.raw(#","conversation_id":"#)
      writer.integer(received.conversationID)
      writer.raw(#","message_id":"#)
      writer.integer(received.messageID)
      writer.raw("}")
    }
  }
}
