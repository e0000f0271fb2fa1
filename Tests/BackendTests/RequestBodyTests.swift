import JSON
import TestSupport
import Testing

@testable import Backend

@Suite struct RequestBodyTests {
  @Test(
    arguments: [
      "", "{", "nothing", #"{"phone_number":"+15551234567"} x"#, #"{"phone_number":"\ud800"}"#,
      #"{"phone_number":"\u12"}"#, "\u{FEFF}{}", "{'phone_number':1}",
    ])
  func whatIsNoJSONIsABadRequest(_ body: String) async throws {
    try await TestBackend.run { backend in
      try await backend.post("/users", body).expectProblem(400)
    }
  }

  @Test func bytesThatAreNotUTF8AreABadRequest() async throws {
    try await TestBackend.run { backend in
      // {"phone_number":"\xFF"}
      let event = try TestBackend.event(
        "POST", "/users", body: "eyJwaG9uZV9udW1iZXIiOiL/In0=", headers: ["content-type": "application/json"],
        isBase64: true)
      try await backend.send(event: event).expectProblem(400)
      let garbage = try TestBackend.event("POST", "/users", body: "%%%", isBase64: true)
      try await backend.send(event: garbage).expectProblem(400)
    }
  }

  @Test func aBase64BodyIsRead() async throws {
    try await TestBackend.run { backend in
      // {"phone_number":"+15551234567"}
      let event = try TestBackend.event(
        "POST", "/users", body: "eyJwaG9uZV9udW1iZXIiOiIrMTU1NTEyMzQ1NjcifQ==", isBase64: true)
      #expect(try await backend.send(event: event).status == 201)
    }
  }

  @Test(arguments: [#"[]"#, #""text""#, "null", "7"])
  func whatIsNoObjectIsUnprocessable(_ body: String) async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.post("/users", body)
      try answer.expectProblem(422)
      #expect(try answer.faults == [": must be an object"])
    }
  }

  @Test func everyFaultIsToldWithItsPointer() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let answer = try await backend.post(
        "/conversations/\(id)/messages", #"{"role":"robot","content":"","reply_to_message_id":1.5,"other":true}"#)
      try answer.expectProblem(422)
      #expect(
        try answer.faults == [
          "/role: must be one of user, assistant, system", "/content: must not be empty",
          "/reply_to_message_id: must be a whole number from 1 to 9223372036854775807",
        ])
    }
  }

  @Test func membersThatNobodyAsksForAreIgnored() async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.post("/users", #"{"phone_number":"+15551234567","name":"Ada"}"#)
      #expect(answer.status == 201)
    }
  }

  @Test func onlyJSONIsUnderstood() async throws {
    try await TestBackend.run { backend in
      let body = #"{"phone_number":"+15551234567"}"#
      for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
        let answer = try await backend.send("POST", "/users", body: body, headers: ["content-type": type])
        try answer.expectProblem(415)
      }
      for type in ["application/json; charset=utf-8", "Application/JSON", "application/vnd.api+json"] {
        #expect(
          try await backend.send("POST", "/users", body: body, headers: ["content-type": type]).status < 300, "\(type)")
      }
      #expect(try await backend.send("POST", "/users", body: body).status == 200)
    }
  }

  @Test func aBodyHasAtMostAMebibyte() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      func body(of size: Int) -> String {
        let frame = #"{"role":"user","content":""}"#
        return frame.replacing(#""""#, with: "\"" + String(repeating: "x", count: size - frame.utf8.count) + "\"")
      }
      #expect(try await backend.post("/conversations/\(id)/messages", body(of: 1 << 20)).status == 201)
      try await backend.post("/conversations/\(id)/messages", body(of: (1 << 20) + 1)).expectProblem(413)
    }
  }
}
