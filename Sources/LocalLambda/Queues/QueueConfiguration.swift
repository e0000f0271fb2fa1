/// A queue as somebody declares it: its name, and attributes and tags by their SQS names.
///
///     QueueConfiguration(name: "tasks", attributes: ["VisibilityTimeout": "180"])
public struct QueueConfiguration: Sendable, Hashable {
  /// 1 to 80 letters, digits, hyphens and underscores; the name of a FIFO queue ends with `.fifo`.
  public var name: String
  /// SQS attribute names (`VisibilityTimeout`, `RedrivePolicy`, …) with their values as text.
  public var attributes: [String: String]
  /// Cost allocation tags.
  public var tags: [String: String]

  /// Declares a queue; nothing is checked before it is created.
  public init(name: String, attributes: [String: String] = [:], tags: [String: String] = [:]) {
    self.name = name
    self.attributes = attributes
    self.tags = tags
  }
}
