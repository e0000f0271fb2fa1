/// Why Lambda would not make an event source mapping.
public struct EventSourceMappingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// AWS's own sentence, where there is one.
  public let message: String

  /// The sentence.
  public var description: String { message }
}

extension EventSourceMappingConfiguration {
  /// Refuses what Lambda refuses.
  func check(against queue: QueueAttributes) throws(EventSourceMappingError) {
    func refuse(unless allowed: Bool, _ message: String) throws(EventSourceMappingError) {
      if !allowed { throw EventSourceMappingError(message: message) }
    }
    try refuse(
      unless: (1...10_000).contains(batchSize), "Batch size \(batchSize) is invalid: it must be between 1 and 10000")
    try refuse(
      unless: (.zero ... .seconds(300)).contains(maximumBatchingWindow),
      "Maximum batch window in seconds must be between 0 and 300")
    if queue.isFIFO {
      try refuse(unless: batchSize <= 10, "Maximum batch size for a FIFO queue is 10")
      try refuse(unless: maximumBatchingWindow == .zero, "Batching window is not supported for FIFO queues")
    }
    try refuse(
      unless: batchSize <= 10 || maximumBatchingWindow > .zero,
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10")
    try refuse(
      unless: (2...1_000).contains(maximumConcurrency), "Maximum concurrency must be between 2 and 1000")
    try refuse(
      unless: .seconds(queue.visibilitySeconds) >= functionTimeout,
      "Queue visibility timeout: \(queue.visibilitySeconds) seconds is less than "
        + "Function timeout: \(functionTimeout.components.seconds) seconds")
  }
}
