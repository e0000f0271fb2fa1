/// A function's `EventInvokeConfig`.
public struct EventInvokeResource: Hashable, Sendable {
  /// How often a call that failed is tried again, if the template says so.
  public var maximumRetryAttempts: Int?
  /// In seconds, if the template says so.
  public var maximumEventAge: Int?
  /// Who is told of calls that succeeded.
  public var onSuccess: EventTargetResource?
  /// Who is told of calls that were given up.
  public var onFailure: EventTargetResource?

  /// Both of them.
  var targets: [EventTargetResource] { [onSuccess, onFailure].compactMap(\.self) }
}

/// A queue or function of the template that gets records or dead letters.
public struct EventTargetResource: Hashable, Sendable {
  /// Its logical id.
  public var logicalID: String
  /// The property that names it, for messages.
  public var property: String
  /// The line it is named on.
  public var line: Int
  /// Whether it is a queue that SAM makes, for the template names none.
  public var isGenerated = false
}

extension EventInvokeResource {
  /// Reads the property; nil when it is not there.
  init?(_ properties: inout PropertyReader) throws(TemplateError) {
    let function = properties.path
    guard var reader = try properties.nested("EventInvokeConfig") else { return nil }
    maximumRetryAttempts = try reader.integer(
      "MaximumRetryAttempts", in: EventInvokeConfiguration.retryAttempts)
    maximumEventAge = try reader.integer("MaximumEventAgeInSeconds", in: EventInvokeConfiguration.eventAge)
    if var destinations = try reader.nested("DestinationConfig") {
      onSuccess = try EventTargetResource.destination("OnSuccess", of: function, &destinations)
      onFailure = try EventTargetResource.destination("OnFailure", of: function, &destinations)
      try destinations.finish()
    }
    reader.ignore("Qualifier")
    try reader.finish()
  }
}

extension EventTargetResource {
  /// `OnSuccess` or `OnFailure`: a queue or a function; other targets are told about, and left out.
  static func destination(
    _ key: String, of function: String, _ properties: inout PropertyReader
  ) throws(TemplateError) -> EventTargetResource? {
    guard var reader = try properties.nested(key) else { return nil }
    return try target("Destination", types: ["SQS", "Lambda"], generated: queueID(of: function, key), &reader)
  }

  /// What SAM calls the queue of a destination that names none.
  static func queueID(of function: String, _ key: String) -> String { "\(function)EventInvokeConfig\(key)Queue" }

  /// `DeadLetterQueue`: a queue; topics are told about, and left out.
  static func deadLetterQueue(_ properties: inout PropertyReader) throws(TemplateError) -> EventTargetResource? {
    guard var reader = try properties.nested("DeadLetterQueue") else { return nil }
    return try target("TargetArn", types: ["SQS"], &reader)
  }

  private static func target(
    _ key: String, types: [String], generated: String? = nil, _ reader: inout PropertyReader
  ) throws(TemplateError) -> EventTargetResource? {
    let type = try reader.string("Type")
    if let type, !types.contains(type) {
      reader.note("Type", "\(type) is not served locally; what it would be told is only logged")
      reader.ignore(key)
      try reader.finish()
      return nil
    }
    let text = try reader.text(key)
    try reader.finish()
    let property = "\(reader.path).\(key)"
    if text == nil, type == "SQS", let generated {
      return EventTargetResource(logicalID: generated, property: property, line: reader.line, isGenerated: true)
    }
    guard let text, let name = text.arnTarget else {
      throw reader.wrong(
        key, text?.line ?? reader.line, "is not a resource of this template: write !GetAtt MyQueue.Arn")
    }
    return EventTargetResource(logicalID: name, property: property, line: text.line)
  }
}
