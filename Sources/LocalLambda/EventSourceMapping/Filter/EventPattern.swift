import JSON

/// An EventBridge event pattern, as Lambda's filter criteria use it.
///
/// ```swift
/// let pattern = try EventPattern(#"{"body":{"kind":["order"],"price":[{"numeric":[">",100]}]}}"#)
/// pattern.matches(event)
/// ```
///
/// A pattern speaks of fields by their paths. All of its paths have to match, each by any of its values; fields that
/// come out of one list of objects have to come from the same object. See
/// [Filter rule syntax](https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html).
struct EventPattern: Sendable {
  /// What one field has to be: any of these.
  struct Condition: Sendable, Hashable {
    let path: String
    let matchers: [ValueMatcher]
  }

  /// The pattern without `$or`: all conditions of one of these have to hold.
  let alternatives: [[Condition]]

  /// Whether an event matches.
  func matches(_ event: JSONValue) -> Bool {
    let fields = EventFields(event)
    return alternatives.contains { Self.hold($0[...], in: fields, chosen: [:]) }
  }

  /// Tries the fields of each path in turn, among those that go together with the ones that are chosen already.
  private static func hold(_ conditions: ArraySlice<Condition>, in fields: EventFields, chosen: [String: Int]) -> Bool {
    guard let condition = conditions.first else { return true }
    let rest = conditions.dropFirst()
    // To those that come later two fields are the same if they lie alike in their lists: the second need not be tried.
    let later = rest.reduce(into: Set<String>()) { $0.formUnion(fields.lists(around: $1.path)) }
    var tried: Set<[String: Int]> = []
    guard let candidates = fields[condition.path] else {
      return condition.matchers.contains(.exists(false)) && hold(rest, in: fields, chosen: chosen)
    }
    return candidates.contains { field in
      guard condition.matchers.contains(where: { $0.matches(field.value) }),
        field.elements.allSatisfy({ chosen[$0.key] == nil || chosen[$0.key] == $0.value })
      else { return false }
      let choice = field.elements.filter { later.contains($0.key) }
      return tried.insert(choice).inserted && hold(rest, in: fields, chosen: chosen.merging(choice) { old, _ in old })
    }
  }
}

/// The values of an event by their paths, as Event Ruler flattens it: `{"a":{"b":[1,2]}}` has 1 and 2 at `a.b`.
struct EventFields {
  struct Field {
    let value: JSONValue
    /// Of each list of objects that the value lies in: which element.
    let elements: [String: Int]
  }

  private var fields: [String: [Field]] = [:]
  private var lists: [String: Set<String>] = [:]

  init(_ event: JSONValue) { collect(event, at: "", elements: [:]) }

  subscript(path: String) -> [Field]? { fields[path] }

  /// The lists of objects that values of a path lie in, by their own paths.
  func lists(around path: String) -> Set<String> { lists[path] ?? [] }

  private mutating func collect(_ value: JSONValue, at path: String, elements: [String: Int]) {
    switch value {
    case .object(let object):
      for member in object {
        collect(member.value, at: path.isEmpty ? member.name : "\(path).\(member.name)", elements: elements)
      }
    case .array(let values):
      for (index, value) in values.enumerated() {
        var elements = elements
        if case .object = value { elements[path] = index }
        collect(value, at: path, elements: elements)
      }
    default:
      fields[path, default: []].append(Field(value: value, elements: elements))
      lists[path, default: []].formUnion(elements.keys)
    }
  }
}
