import JSON
import Testing

@testable import LocalLambda

/// The address at which a runtime is attached by hand, before one is, and when it goes away half-way.
@Suite(.timeLimit(.minutes(3))) struct AttachedRuntimeTests {
  private static let register = "/2020-01-01/extension/register"

  private func register(
    _ name: String, _ fixture: EchoFixture, body: String = #"{"events":[]}"#
  ) async throws -> OneShotClient.Response {
    try await fixture.lambda.send(
      "POST", Self.register, headers: [("Lambda-Extension-Name", name)], body: Array(body.utf8))
  }

  @Test(arguments: [
    ("GET", "/2018-06-01/runtime/nothing", 404, nil),
    ("GET", "/2018-06-01/runtime/restore/next", 404, nil),
    ("POST", "/2018-06-01/runtime/restore/error", 404, nil),
    ("GET", "/2020-01-01/extension/nothing", 404, nil),
    ("POST", "/2018-06-01/runtime/invocation/abc/response", 400, "InvalidRequestID"),
    ("POST", "/2018-06-01/runtime/invocation/abc/error", 400, "InvalidRequestID"),
    ("GET", "/2020-01-01/extension/event/next", 403, "Extension.MissingExtensionIdentifier"),
  ])
  func whoIsNotAttachedIsToldWhatIsWrong(method: String, path: String, status: Int, type: String?) async throws {
    try await EchoFixture.run(command: ["/nowhere"], attached: true) { fixture in
      let response = try await fixture.lambda.send(method, path, body: method == "POST" ? Array("{}".utf8) : [])
      #expect(response.status == status)
      if let type {
        #expect(response.json?["errorType"]?.stringValue == type)
      } else {
        #expect(response.text == "404 page not found\n")
      }
      #expect(await fixture.host.environmentCount == 0, "nobody is attached by a mistake")
    }
  }

  /// The runtime may stand in a debugger before its first poll, or have ended: nobody waits for it.
  @Test func whoRegistersAndNeverPollsHoldsUpNobody() async throws {
    try await EchoFixture.run(maximumConcurrency: 1, attached: true) { fixture in
      let registration = try await register("inside", fixture)
      #expect(registration.status == 200)
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  @Test func whoRegistersOnceMoreIsAnotherProcess() async throws {
    try await EchoFixture.run(command: ["/nowhere"], attached: true) { fixture in
      for name in ["inside", "inside", "another"] {
        let registration = try await register(name, fixture)
        #expect(registration.status == 200)
      }
      #expect(await fixture.host.environmentCount == 1)
    }
  }

  @Test(arguments: ["[]", "1", #"{"events":"INVOKE"}"#, #"{"events":[1]}"#, #"{"events":["INVOKE",null]}"#, "{"])
  func aRegistrationOfAnotherFormIsRefused(body: String) async throws {
    try await EchoFixture.run(command: ["/nowhere"], attached: true) { fixture in
      let response = try await register("inside", fixture, body: body)
      #expect(response.status == 403)
      #expect(response.json?["errorType"] == "InvalidRequestFormat")
    }
  }

  @Test(arguments: ["{}", #"{"events":null}"#, #"{"events":[]}"#])
  func aRegistrationForNothingIsOne(body: String) async throws {
    try await EchoFixture.run(command: ["/nowhere"], attached: true) { fixture in
      let registration = try await register("inside", fixture, body: body)
      #expect(registration.status == 200)
    }
  }
}
