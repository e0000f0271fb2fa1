import LambdaRuntime
import Testing

@testable import Backend

@Suite struct SettingsTests {
  private static let complete = TestBackend.environment(databaseURL: "postgresql://db/app", sqs: "http://sqs")

  @Test func defaultsAreTheContracts() throws {
    let settings = try Settings(LambdaEnvironment(Self.complete))
    #expect(settings.inactivityThreshold.seconds == 7200)
    #expect(settings.maximumMessageBytes == 262_144)
    #expect(settings.apiKey == nil)
  }

  @Test(
    arguments: [("45", 45), ("90s", 90), ("30m", 1800), ("2h", 7200), ("1d", 86_400), ("0", 0), ("", 7200)]
      as [(
        String, Int64
      )])
  func thresholdsHaveUnits(_ text: String, _ seconds: Int64) throws {
    let environment = Self.complete.merging(["INACTIVITY_THRESHOLD": text]) { $1 }
    #expect(try Settings(LambdaEnvironment(environment)).inactivityThreshold.seconds == seconds)
  }

  @Test(
    arguments: [
      ("DATABASE_URL", ""), ("SQS_QUEUE_URL", ""), ("SQS_QUEUE_URL", "memory-tasks"), ("AWS_REGION", ""),
      ("AWS_ACCESS_KEY_ID", ""),
      ("AWS_ENDPOINT_URL_SQS", "sqs"), ("SQS_MAX_MESSAGE_BYTES", "63"), ("SQS_MAX_MESSAGE_BYTES", "1048577"),
      ("SQS_MAX_MESSAGE_BYTES", "many"), ("INACTIVITY_THRESHOLD", "soon"), ("INACTIVITY_THRESHOLD", "-1"),
      ("INACTIVITY_THRESHOLD", "h"), ("INACTIVITY_THRESHOLD", "1.5h"), ("INACTIVITY_THRESHOLD", "2 h"),
      ("INACTIVITY_THRESHOLD", "9223372036854775807d"), ("INACTIVITY_THRESHOLD", "1w"),
      ("DATABASE_URL", "postgresql://["),
    ])
  func aWrongVariableIsNamedAtStart(_ name: String, _ value: String) async throws {
    let environment = Self.complete.merging([name: value]) { $1 }
    let error = await #expect(throws: LambdaConfigurationError.self) {
      try await Main.initialize(LambdaEnvironment(environment))
    }
    #expect(error?.variable == name)
    #expect(error?.errorMessage.hasPrefix(name) == true)
  }
}
