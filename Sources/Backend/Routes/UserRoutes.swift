import JSON
import Postgres

extension Route {
  static let userRoutes = [
    Route("POST", "/users") { request, services in
      var body = try RequestBody(request)
      let phoneNumber = body.phoneNumber("phone_number")
      try body.check()
      // A number has one user: whoever asks again is given the same one.
      let (user, isNew) = try await services.users.create(phoneNumber: phoneNumber)
      return .json(isNew ? 201 : 200, headers: [("location", "\(request.pathPrefix)/users/\(user.id)")]) {
        user.write(to: &$0)
      }
    },
    Route("GET", "/users/{id}") { request, services in
      let id = try request.id(of: "user")
      guard let user = try await services.users.find(id) else { throw Problem.unknown("user", id) }
      return .json { user.write(to: &$0) }
    },
    Route("POST", "/users/{id}/conversations") { request, services in
      let id = try request.id(of: "user")
      try RequestBody(request, optional: true).check()
      guard let conversation = try await services.conversations.create(userID: id) else {
        throw Problem.unknown("user", id)
      }
      return .json(201, headers: [("location", "\(request.pathPrefix)/conversations/\(conversation.id)")]) {
        conversation.write(to: &$0)
      }
    },
  ]
}

extension UserRow {
  func write(to writer: inout JSONWriter) {
    writer.raw(#"{"id":"#)
    writer.integer(id)
    writer.raw(#","phone_number":"#)
    writer.string(phoneNumber)
    writer.raw(#","created_at":"#)
    writer.string(createdAt.rfc3339)
    writer.raw("}")
  }
}
