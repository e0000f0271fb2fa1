/// How a queue drives a function: the settings of Lambda's event source mappings.
struct EventSourceMappingConfiguration: Sendable, Hashable {
  /// The most records in one invocation: 1 to 10 000; 10 at most for FIFO; over 10 needs a window.
  var batchSize = 10
  /// How long a batch may wait to become full, in seconds: 0 to 300; not for FIFO.
  var maximumBatchingWindow = 0
  /// `ReportBatchItemFailures` is among the mapping's `FunctionResponseTypes`.
  var reportBatchItemFailures = false
  /// `FilterCriteria`: the patterns of its filters.
  var filterPatterns: [String] = []
  /// The most invocations at once (`ScalingConfig.MaximumConcurrency`), 2 to 1000, if they are limited.
  var maximumConcurrency: Int?
  /// `ProvisionedPollerConfig`: the fewest and the most pollers, in place of a maximum concurrency.
  var provisionedPollers: ClosedRange<Int>?
}

extension EventSourceMappingConfiguration {
  static let batchSizes = 1...10_000
  static let batchingWindows = 0...300
  static let concurrencies = 2...1_000
  static let minimumPollers = 2...200
  static let maximumPollers = 2...10_000
  /// What Lambda takes where only one of the two is given.
  static let defaultPollers = 2...200

  /// Refuses what Lambda refuses, in its words where they are known; returns the filters.
  ///
  /// - Parameters:
  ///   - visibilityTimeout: the queue's; nil when the queue could not be asked.
  func check(
    isFIFO: Bool, visibilityTimeout: Duration?, functionTimeout: Duration
  ) throws(EventSourceMappingError) -> FilterCriteria {
    func refuse(unless allowed: Bool, _ message: String) throws(EventSourceMappingError) {
      if !allowed { throw EventSourceMappingError(message: message) }
    }
    try refuse(unless: Self.batchSizes.contains(batchSize), "Batch size must be between 1 and 10000")
    try refuse(
      unless: Self.batchingWindows.contains(maximumBatchingWindow),
      "Maximum batch window in seconds must be between 0 and 300")
    if isFIFO {
      try refuse(unless: batchSize <= 10, "Maximum batch size for a FIFO queue is 10")
      try refuse(unless: maximumBatchingWindow == 0, "Batching window is not supported for FIFO queues")
    }
    try refuse(
      unless: batchSize <= 10 || maximumBatchingWindow > 0,
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
    if let maximumConcurrency {
      try refuse(
        unless: Self.concurrencies.contains(maximumConcurrency), "Maximum concurrency must be between 2 and 1000")
    }
    if let pollers = provisionedPollers {
      try refuse(
        unless: Self.minimumPollers.contains(pollers.lowerBound), "Minimum pollers must be between 2 and 200")
      try refuse(
        unless: Self.maximumPollers.contains(pollers.upperBound), "Maximum pollers must be between 2 and 10000")
      try refuse(
        unless: maximumConcurrency == nil, "ProvisionedPollerConfig and ScalingConfig cannot be used together")
    }
    if let visibilityTimeout {
      try refuse(
        unless: visibilityTimeout >= functionTimeout,
        "Queue visibility timeout: \(visibilityTimeout.components.seconds) seconds is less than "
          + "Function timeout: \(functionTimeout.components.seconds) seconds")
    }
    do throws(EventPatternError) {
      return try FilterCriteria(patterns: filterPatterns)
    } catch {
      throw EventSourceMappingError(message: "Invalid filter pattern definition.", detail: error.reason)
    }
  }
}
