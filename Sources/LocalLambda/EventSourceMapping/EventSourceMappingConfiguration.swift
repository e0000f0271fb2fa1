/// How a queue drives a function, with the limits of Lambda's event source mappings.
public struct EventSourceMappingConfiguration: Sendable, Hashable {
  /// The queue's name.
  public var queueName: String
  /// The function's name, for people.
  public var functionName: String
  /// The most records in one invocation: 1 to 10 000; 10 at most for FIFO; over 10 needs a window.
  public var batchSize: Int
  /// How long a batch may wait to become full: 0 to 300 s; not for FIFO.
  public var maximumBatchingWindow: Duration
  /// `ReportBatchItemFailures` is among the mapping's `FunctionResponseTypes`.
  public var reportBatchItemFailures: Bool
  /// The most invocations at once (`ScalingConfig.MaximumConcurrency`), 2 to 1000; Lambda starts with 5.
  public var maximumConcurrency: Int
  /// A disabled mapping polls nothing.
  public var enabled: Bool
  /// The function's timeout; the queue's visibility timeout may not be shorter.
  public var functionTimeout: Duration

  /// A mapping with Lambda's defaults.
  public init(
    queueName: String, functionName: String, batchSize: Int = 10, maximumBatchingWindow: Duration = .zero,
    reportBatchItemFailures: Bool = false, maximumConcurrency: Int = 5, enabled: Bool = true,
    functionTimeout: Duration = .seconds(3)
  ) {
    self.queueName = queueName
    self.functionName = functionName
    self.batchSize = batchSize
    self.maximumBatchingWindow = maximumBatchingWindow
    self.reportBatchItemFailures = reportBatchItemFailures
    self.maximumConcurrency = maximumConcurrency
    self.enabled = enabled
    self.functionTimeout = functionTimeout
  }
}
