/// What a mapping is in, by Lambda's names.
enum EventSourceMappingState: String, Sendable {
  case creating = "Creating"
  case enabling = "Enabling"
  case enabled = "Enabled"
  case disabling = "Disabling"
  case disabled = "Disabled"
  case updating = "Updating"
  case deleting = "Deleting"

  /// On the way to another one, and not to be changed meanwhile.
  var isTransient: Bool { self != .enabled && self != .disabled }
}

/// A mapping as Lambda's API tells it.
struct EventSourceMappingDescription: Sendable {
  let uuid: String
  let queueARN: String
  /// As the function was named, qualifier included.
  var functionARN: String
  var configuration: EventSourceMappingConfiguration
  var state: EventSourceMappingState
  /// Milliseconds since 1970.
  var lastModified: Int64
  var lastResult: String?
}
