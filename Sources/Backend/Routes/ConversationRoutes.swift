import JSON
import Postgres

extension Route {
  static let conversationRoutes = [
    Route("GET", "/conversations/{id}") { request, services in
      let id = try request.id(of: "conversation")
      guard let conversation = try await services.conversations.find(id) else {
        throw Problem.unknown("conversation", id)
      }
      return .json { conversation.write(to: &$0) }
    }
  ]
}

extension ConversationRow {
  func write(to writer: inout JSONWriter) {
    writer.raw(#"{"id":"#)
    writer.integer(id)
    writer.raw(#","user_id":"#)
    writer.integer(userID)
    writer.raw(#","created_at":"#)
    writer.string(createdAt.rfc3339)
    writer.raw(#","updated_at":"#)
    writer.string(updatedAt.rfc3339)
    writer.raw(#","last_message_id":"#)
    writer.integer(lastMessageID)
    writer.raw(#","covered_message_id":"#)
    writer.integer(coveredMessageID)
    writer.raw("}")
  }
}
