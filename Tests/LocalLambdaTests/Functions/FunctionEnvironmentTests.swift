import JSON
import NIOPosix
import Synchronization
import Testing

@testable import LocalLambda

/// What a function finds in its environment, and what it may not have there.
@Suite(.timeLimit(.minutes(2))) struct FunctionEnvironmentTests {
  @Test func aProcessFindsLambdasVariablesAndNoOthers() async throws {
    let found = try await printed()
    let api = try #require(found["AWS_LAMBDA_RUNTIME_API"])
    #expect(api.wholeMatch(of: #/127\.0\.0\.1:\d+/#) != nil, "no scheme: \(api)")
    #expect(found["AWS_LAMBDA_METADATA_API"] == api)
    #expect(found["AWS_LAMBDA_METADATA_TOKEN"]?.isEmpty == false)
    let stream = try #require(found["AWS_LAMBDA_LOG_STREAM_NAME"])
    #expect(stream.wholeMatch(of: #/\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}/#) != nil, "\(stream)")
    // These are looked at above, or depend on who runs the tests.
    let others: Set = [
      "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN", "AWS_LAMBDA_LOG_STREAM_NAME",
      "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    ]
    #expect(
      found.filter { !others.contains($0.key) } == [
        "_HANDLER": "bootstrap",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "echo",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "Text",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/echo",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
        "LAMBDA_TASK_ROOT": "/tmp",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/tmp:/tmp/lib",
        "PATH": FunctionEnvironment.caller()["PATH"] ?? "/usr/local/bin:/usr/bin/:/bin",
        "TZ": ":UTC",
      ])
  }

  @Test func whatIsNotReservedIsTheFunctionsToSay() async throws {
    let own = [
      "LANG": "C", "TZ": "Europe/Berlin", "PATH": "/own/bin", "LD_LIBRARY_PATH": "/own/lib",
      "AWS_XRAY_CONTEXT_MISSING": "IGNORE_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000", "MINE": "a = b=c, ü",
    ]
    let found = try await printed(environment: own)
    #expect(found.filter { own[$0.key] != nil } == own)
  }

  @Test func whatTheFunctionIsSaysItsConfiguration() {
    var function = Self.function()
    function.memorySizeMB = 1769
    function.handler = "index.handler"
    function.identity = AccountIdentity(region: "eu-central-1")
    function.logging.group = "/my/group"
    function.environment["AWS_LAMBDA_MAX_CONCURRENCY"] = "2"
    let variables = Self.variables(of: function)
    #expect(variables["AWS_LAMBDA_FUNCTION_NAME"] == "mine")
    #expect(variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "1769")
    #expect(variables["_HANDLER"] == "index.handler")
    #expect(variables["AWS_REGION"] == "eu-central-1")
    #expect(variables["AWS_DEFAULT_REGION"] == "eu-central-1")
    #expect(variables["AWS_LAMBDA_LOG_GROUP_NAME"] == "/my/group")
    #expect(variables["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances")
  }

  /// A function that knows half of what it needs to sign with would be worse off than with none of it.
  @Test(
    arguments: [
      ([:], ["local", "local", "local"]),
      (["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"], ["a", "b", "c"]),
      (["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"], ["a", "b", nil]),
      (["AWS_ACCESS_KEY_ID": "a", "AWS_SESSION_TOKEN": "c"], ["local", "local", "local"]),
      (["AWS_SECRET_ACCESS_KEY": "b"], ["local", "local", "local"]),
    ] as [([String: String], [String?])])
  func credentialsAreTheCallersOrMadeUp(caller: [String: String], credentials: [String?]) {
    let variables = Self.variables(of: Self.function(), caller: caller)
    #expect(
      ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map { variables[$0] } == credentials)
  }

  /// The emulator may run where Lambda's own variables are set: in a function, say, or in a shell that was one.
  @Test(arguments: [true, false])
  func ofItsCallerAFunctionLearnsNothingThatLambdaSays(inherits: Bool) {
    let variables = Self.variables(
      of: Self.function(inheritsEnvironment: inherits),
      caller: [
        "HOME": "/home/me", "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793", "_": "/usr/bin/env",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13", "AWS_LAMBDA_FUNCTION_NAME": "other",
        "AWS_LAMBDA_MAX_CONCURRENCY": "3", "AWS_REGION": "eu-west-1", "LAMBDA_TASK_ROOT": "/other",
      ])
    #expect(variables["HOME"] == (inherits ? "/home/me" : nil))
    for absent in ["_X_AMZN_TRACE_ID", "_", "AWS_EXECUTION_ENV", "AWS_LAMBDA_MAX_CONCURRENCY"] {
      #expect(variables[absent] == nil)
    }
    #expect(variables["AWS_LAMBDA_FUNCTION_NAME"] == "mine")
    #expect(variables["AWS_REGION"] == "us-east-1")
    #expect(variables["LAMBDA_TASK_ROOT"] == "/tmp")
  }

  @Test(arguments: [
    "_HANDLER", "_X_AMZN_TRACE_ID", "_ANYTHING", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
  ])
  func whatLambdaReservesIsRefusedByName(name: String) {
    var function = Self.function()
    function.environment = [name: "x", "FREE": "x"]
    let error = #expect(throws: FunctionConfigurationError.self) {
      try FunctionHost(function, eventLoop: MultiThreadedEventLoopGroup.singleton.any())
    }
    #expect(error?.function == "mine")
    #expect(error?.reason.contains("sets what Lambda reserves: \(name). ") == true, "\(error?.reason ?? "")")
  }

  // MARK: -

  private static func function(inheritsEnvironment: Bool = false) -> FunctionConfiguration {
    FunctionConfiguration(
      name: "mine", command: ["true"], workingDirectory: "/tmp", inheritsEnvironment: inheritsEnvironment)
  }

  private static func variables(
    of function: FunctionConfiguration, caller: [String: String] = [:]
  ) -> [String: String] {
    FunctionEnvironment.variables(
      of: function, runtimeAPI: "127.0.0.1:1", metadataToken: "token", logStream: "stream", caller: caller)
  }

  /// What a process finds that nobody else has had a hand in: the program prints it and ends, and has no language's
  /// runtime that would add to it.
  private func printed(environment: [String: String] = [:]) async throws -> [String: String] {
    let found = Mutex<[String: String]>([:])
    let log: FunctionLogSink = { line in
      guard line.source == .function, let equals = line.text.firstIndex(of: "=") else { return }
      found.withLock { $0[String(line.text[..<equals])] = String(line.text[equals...].dropFirst()) }
    }
    try await EchoFixture.run(environment: environment, command: ["env"], workingDirectory: "/tmp", log: log) {
      fixture in
      let response = try await fixture.invoke("1")
      #expect(response.json?["errorType"] == "Runtime.ExitError")
    }
    return found.withLock { $0 }
  }
}
