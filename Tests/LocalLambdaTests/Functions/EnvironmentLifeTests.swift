import JSON
import TestSupport
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How long environments live, and in what state.
@Suite(.timeLimit(.minutes(3))) struct EnvironmentLifeTests {
  private static func policy(_ change: (inout EnvironmentPolicy) -> Void) -> EnvironmentPolicy {
    var policy = EnvironmentPolicy()
    change(&policy)
    return policy
  }

  @Test func aCrashCostsTheNextCallerNoColdStart() async throws {
    try await EchoFixture.run(policy: Self.policy { $0.keepsSpare = true }) { fixture in
      #expect(await fixture.host.environmentCount == 0, "nothing is started for a function that nobody calls")
      let first = try await fixture.invoke("1", headers: [("X-Amz-Log-Type", "Tail")])
      #expect(Self.log(of: first).contains("Init Duration"))
      for round in 0..<3 {
        while await fixture.host.idleCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
        let crash = try await fixture.invoke(#"{"mode":"signal","number":9}"#)
        #expect(crash.json?["errorType"] == "Runtime.ExitError")
        let next = try await fixture.invoke("\(round)", headers: [("X-Amz-Log-Type", "Tail")])
        #expect(next.text == "\(round)")
        #expect(!Self.log(of: next).contains("Init Duration"))
      }
    }
  }

  @Test func aSpareStaysWithinTheConcurrency() async throws {
    try await EchoFixture.run(maximumConcurrency: 1, policy: Self.policy { $0.keepsSpare = true }) { fixture in
      for number in 0..<3 {
        let answer = try await fixture.invoke("\(number)")
        #expect(answer.text == "\(number)")
        #expect(await fixture.host.environmentCount == 1)
      }
    }
  }

  @Test func whoIsIdleForTooLongEnds() async throws {
    try await EchoFixture.run(policy: Self.policy { $0.idleTimeout = .milliseconds(200) }) { fixture in
      _ = try await fixture.invoke("1")
      let process = try #require(await fixture.host.processIDs.first)
      while await fixture.host.environmentCount > 0 { try await Task.sleep(for: .milliseconds(10)) }
      #expect(kill(process, 0) != 0)
      #expect(try await fixture.invoke("2").text == "2")
    }
  }

  @Test func theIdleAreStoppedAndGoOnWithTheNextEvent() async throws {
    try await EchoFixture.run(maximumConcurrency: 1, policy: Self.policy { $0.freezes = true }) { fixture in
      var process: Int32 = 0
      for number in 0..<20 {
        #expect(try await fixture.invoke("\(number)").text == "\(number)")
        if number == 0 { process = try #require(await fixture.host.processIDs.first) }
      }
      #expect(await fixture.host.lastEnvironment == 1, "it was the same one all the time")
      while !Self.status(of: process).contains("State:\tT") { try await Task.sleep(for: .milliseconds(5)) }
      await fixture.host.shutdown()
      #expect(kill(process, 0) != 0, "who is stopped can be ended")
    }
  }

  @Test(.enabled(if: Python.has("http.client"))) func workInTheBackgroundStandsStill() async throws {
    let runtime = """
      import http.client, os, threading, time
      count = 0
      def work():
          global count
          while True:
              count += 1
              time.sleep(0.001)
      threading.Thread(target=work, daemon=True).start()
      connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
      while True:
          connection.request("GET", "/2018-06-01/runtime/invocation/next")
          response = connection.getresponse()
          response.read()
          request = response.headers["Lambda-Runtime-Aws-Request-Id"]
          path = "/2018-06-01/runtime/invocation/" + request + "/response"
          connection.request("POST", path, str(count))
          connection.getresponse().read()
      """
    func counted(freezes: Bool) async throws -> Int {
      var counts: [Int] = []
      try await EchoFixture.run(
        command: ["python3", "-c", runtime], policy: Self.policy { $0.freezes = freezes }
      ) { fixture in
        for _ in 0..<2 {
          counts.append(try #require(Int(try await fixture.invoke("1").text)))
          try await Task.sleep(for: .seconds(1))
        }
      }
      return counts[1] - counts[0]
    }
    let (running, frozen) = (try await counted(freezes: false), try await counted(freezes: true))
    #expect(frozen * 4 < running, "\(frozen) against \(running)")
  }

  @Test func theMetadataEndpointWantsItsToken() async throws {
    try await EchoFixture.run { fixture in
      let variables = try #require(try await fixture.invoke(#"{"mode":"environment"}"#).json)
      let address = try #require(variables["AWS_LAMBDA_METADATA_API"]?.stringValue)
      let token = try #require(variables["AWS_LAMBDA_METADATA_TOKEN"]?.stringValue)
      let client = try OneShotClient(url: "http://\(address)")
      let path = "/2026-01-15/metadata/execution-environment"
      let answer = try await client.send("GET", path, headers: [("Authorization", "Bearer \(token)")])
      #expect(answer.status == 200)
      #expect(answer.json == ["AvailabilityZoneID": "use1-az1"])
      #expect(try await client.send("GET", path).status == 401)
      #expect(try await client.send("GET", path, headers: [("Authorization", "Bearer other")]).status == 403)
      #expect(try await client.send("POST", path, headers: [("Authorization", "Bearer \(token)")]).status == 405)
    }
  }

  @Test(arguments: [
    ("us-east-1", "use1-az1"), ("eu-central-1", "euc1-az1"), ("ap-southeast-2", "apse2-az1"),
    ("us-gov-west-1", "usgw1-az1"), ("ca-central-1", "cac1-az1"), ("ap-northeast-1", "apne1-az1"),
  ])
  func zonesHaveTheirRegionsShortNames(region: String, zone: String) {
    #expect(MetadataEndpoint.availabilityZoneID(in: region) == zone)
  }

  @Test(arguments: [
    ("Function.Broken", "Function.Broken"), ("Runtime.NoSuchHandler", "Runtime.NoSuchHandler"),
    ("Function.broken", "Function.Unknown"), ("Function.A", "Function.Unknown"), ("Runtime.", "Runtime.Unknown"),
    ("Function.Two.Parts", "Function.Unknown"), ("Other.Thing", "Runtime.Unknown"), ("unhandled", "Runtime.Unknown"),
    (nil, "Runtime.Unknown"),
  ])
  func errorTypesOfARuntimeAreChecked(type: String?, checked: String) {
    #expect(FunctionError.checkedType(type) == checked)
  }

  @Test func moreThanFourKilobytesOfVariablesAreRefused() async throws {
    // {"A":"…"} has 8 bytes besides the value.
    try await EchoFixture.run(environment: ["A": String(repeating: "x", count: 4096 - 8)]) { fixture in
      let answer = try await fixture.invoke("1")
      #expect(answer.text == "1")
    }
    let error = await #expect(throws: FunctionConfigurationError.self) {
      try await EchoFixture.run(environment: ["A": String(repeating: "x", count: 4097 - 8)]) { _ in }
    }
    #expect(error?.reason.contains("the environment variables you have provided exceeded the 4KB limit") == true)
  }

  @Test(arguments: ["1ST", "WITH-DASH", "_HIDDEN", "AWS_LAMBDA_METADATA_TOKEN", "LAMBDA_TASK_ROOT"])
  func namesThatLambdaRefusesAreRefused(name: String) async throws {
    await #expect(throws: FunctionConfigurationError.self) {
      try await EchoFixture.run(environment: [name: "x"]) { _ in }
    }
  }

  private static func log(of response: OneShotClient.Response) -> String {
    String(decoding: Base64.decode(response.header("x-amz-log-result") ?? "") ?? [], as: UTF8.self)
  }

  private static func status(of process: Int32) -> String {
    guard let file = fopen("/proc/\(process)/status", "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
