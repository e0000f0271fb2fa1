import JSON
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What callers are told when an extension fails; the words are those recorded from Lambda.
@Suite(.enabled(if: Python.has("http.server")), .timeLimit(.minutes(3))) struct ExtensionFailureTests {
  private func expect(_ answer: OneShotClient.Response, _ type: String, _ end: String) throws {
    #expect(answer.status == 200)
    #expect(answer.header("x-amz-function-error") == "Unhandled")
    #expect(answer.json?["errorType"]?.stringValue == type)
    let id = try #require(answer.header("x-amzn-requestid"))
    #expect(answer.json?["errorMessage"]?.stringValue == "RequestId: \(id) Error: \(end)")
  }

  @Test(arguments: [("init", "Extension.InitError"), ("exit", "Extension.ExitError")])
  func anErrorAtTheStartEndsInit(kind: String, type: String) async throws {
    try await ExtensionFixture.run(environment: ["REPORTS": kind]) { fixture, notes in
      for round in 1...2 {
        try expect(try await fixture.invoke("1"), type, "exit status 4")
        #expect(await fixture.host.lastEnvironment == round, "each call has a fresh environment")
      }
      #expect(try await notes.lines("reported", atLeast: 1)[0] == #"202 {"status":"OK"}"#)
    }
  }

  @Test func anErrorInTheMiddleEndsTheInvocation() async throws {
    try await ExtensionFixture.run { fixture, notes in
      notes.write("", to: "report")
      try expect(try await fixture.invoke(#"{"mode":"hang"}"#), "Extension.ExitError", "exit status 4")
      unlink(notes.path + "/report")
      #expect(try await fixture.invoke("1").text == "1")
      #expect(await fixture.host.lastEnvironment == 2)
    }
  }

  @Test func whoReportsAnErrorAndStaysIsNotWaitedForLong() async throws {
    try await ExtensionFixture.run(
      timeout: .seconds(300), environment: ["REPORTS": "init", "STAYS": "yes"],
      change: { $0.shutdownBudget = ShutdownBudget() }
    ) { fixture, _ in
      let answer = try await fixture.invoke("1")
      #expect(answer.json?["errorType"] == "Extension.InitError")
      while await fixture.host.environmentCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }
  }

  @Test func oneThatCannotBeStartedEndsInit() async throws {
    try await ExtensionFixture.run("#!/nowhere/at/all\n") { fixture, _ in
      let answer = try await fixture.invoke("1")
      #expect(answer.json?["errorType"] == "Extension.LaunchError")
      let message = try #require(answer.json?["errorMessage"]?.stringValue)
      #expect(message.contains(" Error: fork/exec "))
      #expect(message.lowercased().hasSuffix("/watcher: no such file or directory"), "\(message)")
    }
  }

  @Test func thereIsALimitOfTen() async throws {
    try await TemporaryFolder.with { folder in
      for number in 0...10 { folder.write("#!/bin/sh\nexit 0\n", to: "extension-\(number)", mode: 0o755) }
      var policy = EnvironmentPolicy()
      policy.extensionFolder = folder.path
      try await EchoFixture.run(policy: policy) { fixture in
        try expect(try await fixture.invoke("1"), "Extension.LaunchError", "ErrTooManyExtensions")
      }
    }
  }
}
