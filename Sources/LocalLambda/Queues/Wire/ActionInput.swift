import JSON

/// What an action, or one entry of a batch, was sent, in either protocol.
///
/// A member is asked for by its name in the JSON protocol; where the query protocol spells it differently, by both.
struct ActionInput: Sendable {
  private enum Source: Sendable {
    case json(JSONObject)
    case query(QueryParameters)
  }

  /// What the parts of one request have in common.
  private final class Request: Sendable {
    let caller: QueueScope
    let path: String?
    let traceHeader: String?

    init(caller: QueueScope, path: String?, traceHeader: String?) {
      self.caller = caller
      self.path = path
      self.traceHeader = traceHeader
    }
  }

  private let source: Source
  private let request: Request

  /// Whose queues are meant where only a name is given.
  var caller: QueueScope { request.caller }
  /// The trace that the caller is part of, by the request's `X-Amzn-Trace-Id`.
  var traceHeader: String? { request.traceHeader }

  /// - Parameter path: the path that the request was sent to: the queue, where no other is named.
  init(_ members: JSONObject, caller: QueueScope, path: String? = nil, traceHeader: String? = nil) {
    self.init(.json(members), Request(caller: caller, path: path, traceHeader: traceHeader))
  }

  /// - Parameter path: the path that the request was sent to: the queue, where no other is named.
  init(_ parameters: QueryParameters, caller: QueueScope, path: String? = nil, traceHeader: String? = nil) {
    self.init(.query(parameters), Request(caller: caller, path: path, traceHeader: traceHeader))
  }

  private init(_ source: Source, _ request: Request) {
    self.source = source
    self.request = request
  }

  /// The queue that the action is about.
  func queue() throws(SQSError) -> QueueLocator {
    let named = try string("QueueUrl").flatMap { $0.isEmpty ? nil : $0 }
    guard let url = named ?? request.path else { throw .missing("QueueUrl") }
    return QueueLocator(url: url, caller: caller)
  }

  /// A queue by its ARN, which has to be there.
  func queueARN(_ name: String) throws(SQSError) -> QueueAddress {
    guard let address = QueueAddress(arn: try required(name)) else {
      throw SQSError(
        .invalidParameterValue,
        "You must use this format to specify the \(name): arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
      )
    }
    return address
  }

  /// A part of the input, which is a structure itself.
  private func part(_ source: Source) -> ActionInput { ActionInput(source, request) }

  func string(_ name: String) throws(SQSError) -> String? {
    switch source {
    case .query(let parameters): return parameters[name]?.value
    case .json(let members):
      guard let value = members[name], value != .null else { return nil }
      guard let text = value.stringValue else { throw value.cannotBecome("String") }
      return text
    }
  }

  /// A text that has to be there and not to be empty.
  func required(_ name: String) throws(SQSError) -> String {
    guard let text = try string(name), !text.isEmpty else { throw .missing(name) }
    return text
  }

  func integer(_ name: String) throws(SQSError) -> Int? {
    switch source {
    case .query(let parameters):
      guard let text = parameters[name]?.value, !text.isEmpty else { return nil }
      guard let value = Int(text) else {
        throw SQSError(
          .invalidParameterValue, "Value \(text) for parameter \(name) is invalid. Reason: Must be an integer.")
      }
      return value
    case .json(let members):
      guard let value = members[name], value != .null else { return nil }
      guard let number = value.int64Value else { throw value.cannotBecome("Integer") }
      return Int(number)
    }
  }

  /// An integer that has to be within limits.
  func integer(_ name: String, in range: ClosedRange<Int>, reason: String) throws(SQSError) -> Int? {
    guard let value = try integer(name) else { return nil }
    guard range.contains(value) else {
      throw SQSError(.invalidParameterValue, "Value \(value) for parameter \(name) is invalid. Reason: \(reason)")
    }
    return value
  }

  func strings(_ name: String, query: String) throws(SQSError) -> [String] {
    switch source {
    case .query(let parameters):
      guard let list = parameters[query] else { return [] }
      // A list of one may come without a number, `AttributeName=All`, and an empty one with no value.
      let single = list.value.flatMap { $0.isEmpty ? nil : $0 }
      return ([single] + list.elements.map(\.value)).compactMap(\.self)
    case .json(let members):
      guard let value = members[name], value != .null else { return [] }
      guard let elements = value.arrayValue else { throw value.cannotBecome("List") }
      var texts: [String] = []
      for element in elements {
        guard let text = element.stringValue else { throw element.cannotBecome("String") }
        texts.append(text)
      }
      return texts
    }
  }

  /// The tags of a request, each of which is valid by itself; nil when there are none at all.
  func tags(_ name: String) throws(SQSError) -> [String: String]? {
    let tags = try map(name, query: "Tag", key: "Key")
    for (key, value) in tags ?? [:] { try QueueTag.check(key, value) }
    return tags
  }

  /// A map of texts; nil when it is not there at all.
  func map(_ name: String, query: String, key: String = "Name") throws(SQSError) -> [String: String]? {
    switch source {
    case .query(let parameters):
      guard let list = parameters[query] else { return nil }
      var map: [String: String] = [:]
      // A map of one entry may come without a number: `Attribute.Name=…&Attribute.Value=…`.
      for entry in list[key] == nil ? list.elements : [list] {
        guard let name = entry[key]?.value else { throw .missing("\(query).\(key)") }
        map[name] = entry["Value"]?.value ?? ""
      }
      return map
    case .json(let members):
      guard let value = members[name], value != .null else { return nil }
      guard let object = value.objectValue else { throw value.cannotBecome("Map") }
      var map: [String: String] = [:]
      for member in object.members {
        guard let text = member.value.stringValue else { throw member.value.cannotBecome("String") }
        map[member.name] = text
      }
      return map
    }
  }

  /// The structures of a list.
  func structures(_ name: String, query: String) throws(SQSError) -> [ActionInput] {
    switch source {
    case .query(let parameters): return parameters[query]?.elements.map { part(.query($0)) } ?? []
    case .json(let members):
      guard let value = members[name], value != .null else { return [] }
      guard let elements = value.arrayValue else { throw value.cannotBecome("List") }
      var structures: [ActionInput] = []
      for element in elements {
        guard let object = element.objectValue else { throw element.cannotBecome("Structure") }
        structures.append(part(.json(object)))
      }
      return structures
    }
  }

  /// The structures of a map, by their keys; in the query protocol each is under `Value`, its key under `Name`.
  func namedStructures(_ name: String, query: String) throws(SQSError) -> [(name: String, value: ActionInput)] {
    switch source {
    case .query(let parameters):
      var structures: [(name: String, value: ActionInput)] = []
      for entry in parameters[query]?.elements ?? [] {
        guard let name = entry["Name"]?.value else { throw .missing("\(query).Name") }
        structures.append((name, part(.query(entry["Value"] ?? QueryParameters()))))
      }
      return structures
    case .json(let members):
      guard let value = members[name], value != .null else { return [] }
      guard let object = value.objectValue else { throw value.cannotBecome("Map") }
      var structures: [(name: String, value: ActionInput)] = []
      for member in object.members {
        guard let members = member.value.objectValue else { throw member.value.cannotBecome("Structure") }
        structures.append((member.name, part(.json(members))))
      }
      return structures
    }
  }
}

extension SQSError {
  /// A parameter that has to be there is not.
  static func missing(_ name: String) -> SQSError {
    SQSError(.missingParameter, "The request must contain the parameter \(name).")
  }
}

extension JSONValue {
  /// The error for a value of the wrong type.
  fileprivate func cannotBecome(_ type: String) -> SQSError {
    let kind =
      switch self {
      case .null: "NULL_VALUE"
      case .bool(true): "TRUE_VALUE"
      case .bool(false): "FALSE_VALUE"
      case .number: "NUMBER_VALUE"
      case .string: "STRING_VALUE"
      case .array: "START_ARRAY"
      case .object: "START_OBJECT"
      }
    return SQSError(.serialization, "\(kind) can not be converted to a \(type)")
  }
}
