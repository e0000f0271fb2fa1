import JSON
import LambdaRuntime
import TestSupport
import Testing

@testable import Backend

@Suite struct RoutingTests {
  @Test func anUnknownPathIsNotFound() async throws {
    try await TestBackend.run { backend in
      for path in ["/", "/nothing", "/users/1/2/3", "//", "/health/x", "/conversations//messages"] {
        try await backend.get(path).expectProblem(404)
      }
    }
  }

  @Test func anUnknownPathIsNamedAsItWasWritten() async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.get("/no%20thing/")
      #expect(try answer["detail"] == "There is nothing at /no%20thing/.")
    }
  }

  /// The Brain goes by this: what is gone it drops, and an unknown path tells it that it asks in the wrong place.
  @Test func anUnknownIDIsToldFromAnUnknownPath() async throws {
    try await TestBackend.run { backend in
      for (path, thing) in [
        ("/users/7", "user"), ("/conversations/7", "conversation"), ("/conversations/7/messages", "conversation"),
        ("/conversations/none", "conversation"), ("/conversations/7/memory", "memory"),
      ] {
        let answer = try await backend.get(path)
        try answer.expectProblem(404)
        #expect(try answer["unknown"] == .string(thing), "\(path)")
      }
      let memory = try await backend.save("{}", of: 7)
      try memory.expectProblem(404)
      #expect(try memory["unknown"] == "conversation")
      #expect(try await backend.get("/v1/conversations/7")["unknown"] == "path")
    }
  }

  @Test func aWrongMethodIsToldWhichAreRight() async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.send("PUT", "/conversations/1/messages")
      try answer.expectProblem(405)
      #expect(answer.headers["allow"] == "GET, HEAD, POST")
      #expect(try await backend.get("/tasks/trigger-memory-generation").headers["allow"] == "POST")
    }
  }

  @Test(arguments: ["abc", "0", "-1", "+1", "1.0", "007", "9223372036854775808", "%31x", "1e3", " 1", "٣"])
  func whatIsNoIDNamesNothing(_ id: String) async throws {
    try await TestBackend.run { backend in
      try await backend.get("/users/\(id)").expectProblem(404)
      try await backend.get("/conversations/\(id)/messages").expectProblem(404)
      try await backend.post("/conversations/\(id)/messages", #"{"role":"user","content":"x"}"#).expectProblem(404)
      try await backend.send("DELETE", "/conversations/\(id)/memory").expectProblem(404)
    }
  }

  @Test func pathsMayBeEncodedEndInASlashAndBeginWithTheStage() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      #expect(try await backend.get("/conversations/\(id)/").status == 200)
      #expect(try await backend.get("/%63onversations/\(id)").status == 200)
      let event = try TestBackend.event("GET", "/prod/conversations/\(id)", stage: "prod")
      #expect(try await backend.send(event: event).status == 200)
      let created = try TestBackend.event(
        "POST", "/prod/users", body: #"{"phone_number":"+4930123456"}"#, stage: "prod")
      #expect(try await backend.send(event: created).headers["location"]?.hasPrefix("/prod/users/") == true)
      // Without the stage in its context, the same path is another one.
      #expect(try await backend.get("/prod/conversations/\(id)").status == 404)
    }
  }

  @Test func headIsGetWithoutTheBody() async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.send("HEAD", "/health")
      #expect(answer.status == 200)
      #expect(answer.body == "")
    }
  }

  @Test(arguments: ["", "{", "[]", "{}", #"{"Records":[]}"#, #""text""#])
  func whatIsNoHTTPEventFailsTheInvocation(_ event: String) async throws {
    try await TestBackend.run { backend in
      let error = await #expect(throws: MalformedEvent.self) {
        try await backend.handler(Array(event.utf8), LambdaContext())
      }
      #expect(error?.errorType == "Backend.MalformedEvent")
      #expect(error?.errorMessage.contains("payload format 2.0") == true)
    }
  }

  @Test func internalRoutesWantTheAPIKey() async throws {
    try await TestBackend.run(environment: ["BACKEND_API_KEY": "sesame"]) { backend in
      let missing = try await backend.get("/memories")
      try missing.expectProblem(401)
      #expect(missing.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
      for wrong in ["Bearer sesam", "Bearer sesame2", "Bearer Sesame", "Bearer", "sesame", "Basic sesame", ""] {
        try await backend.send("GET", "/memories", headers: ["authorization": wrong]).expectProblem(401)
      }
      for right in ["Bearer sesame", "bearer sesame", "BEARER  sesame"] {
        #expect(try await backend.send("GET", "/memories", headers: ["authorization": right]).status == 200, "\(right)")
      }
      // Open to all: health, the description and the provider's webhook.
      #expect(try await backend.get("/health").status == 200)
      #expect(try await backend.get("/openapi.json").status == 200)
      #expect(
        try await backend.post("/webhooks/messages", #"{"from":"+15551234567","text":"Hi","message_id":"m"}"#).status
          == 202)
    }
  }
}
