import Testing

@testable import LocalLambda

/// What Lambda refuses of a mapping, in its words.
@Suite struct EventSourceMappingRefusalTests {
  static let refusals: [(EventSourceMappingConfiguration, isFIFO: Bool, message: String)] = [
    (
      EventSourceMappingTests.configuration { $0.batchSize = 11 }, false,
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    ),
    (
      EventSourceMappingTests.configuration { $0.maximumBatchingWindow = 1 }, true,
      "Batching window is not supported for FIFO queues"
    ),
    (
      EventSourceMappingTests.configuration { ($0.batchSize, $0.maximumBatchingWindow) = (11, 1) }, true,
      "Maximum batch size for a FIFO queue is 10"
    ),
    (EventSourceMappingTests.configuration { $0.batchSize = 0 }, false, "Batch size must be between 1 and 10000"),
    (
      EventSourceMappingTests.configuration { $0.maximumConcurrency = 1 }, false,
      "Maximum concurrency must be between 2 and 1000"
    ),
    (
      EventSourceMappingTests.configuration { $0.provisionedPollers = 1...2 }, false,
      "Minimum pollers must be between 2 and 200"
    ),
    (
      EventSourceMappingTests.configuration { $0.provisionedPollers = 2...10_001 }, true,
      "Maximum pollers must be between 2 and 10000"
    ),
    (
      EventSourceMappingTests.configuration { ($0.provisionedPollers, $0.maximumConcurrency) = (2...2, 2) }, false,
      "ProvisionedPollerConfig and ScalingConfig cannot be used together"
    ),
    (EventSourceMappingTests.configuration { $0.filterPatterns = ["{}"] }, false, "Invalid filter pattern definition."),
  ]

  @Test(arguments: refusals)
  func whatLambdaRefusesIsRefused(configuration: EventSourceMappingConfiguration, isFIFO: Bool, message: String) {
    let error = #expect(throws: EventSourceMappingError.self) {
      try configuration.check(isFIFO: isFIFO, visibilityTimeout: .seconds(30), functionTimeout: .seconds(3))
    }
    #expect(error?.message == message)
  }

  @Test func aVisibilityTimeoutBelowTheFunctionsTimeoutIsRefused() {
    let error = #expect(throws: EventSourceMappingError.self) {
      try EventSourceMappingTests.configuration().check(
        isFIFO: false, visibilityTimeout: .seconds(1), functionTimeout: .seconds(60))
    }
    #expect(error?.message == "Queue visibility timeout: 1 seconds is less than Function timeout: 60 seconds")
  }
}
