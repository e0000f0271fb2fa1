import JSON

/// Why a text is no event pattern.
struct EventPatternError: Error, Sendable, Hashable {
  /// In Event Ruler's words where it has some.
  let reason: String
}

extension EventPattern {
  /// The most alternatives that a pattern's `$or` may multiply to.
  private static let maximumAlternatives = 1_000

  /// Reads a pattern: an object whose leaves are lists of values and operators.
  init(_ text: String) throws(EventPatternError) {
    let value: JSONValue
    do throws(JSONParseError) {
      value = try JSONValue(parsing: text)
    } catch {
      throw EventPatternError(reason: "It is not JSON: \(error.reason)")
    }
    guard let object = value.objectValue else { throw EventPatternError(reason: "Filter is not an object") }
    alternatives = try Self.alternatives(of: object, at: "")
  }

  private static func alternatives(of object: JSONObject, at path: String) throws(EventPatternError) -> [[Condition]] {
    guard !object.isEmpty else { throw EventPatternError(reason: "Empty objects are not allowed") }
    var alternatives: [[Condition]] = [[]]
    for member in object {
      let choices = try choices(member, at: path)
      guard alternatives.count * choices.count <= maximumAlternatives else {
        throw EventPatternError(reason: "Rule is too complex")
      }
      alternatives = alternatives.flatMap { before in choices.map { before + $0 } }
    }
    return alternatives
  }

  /// What one member of a pattern allows.
  private static func choices(_ member: JSONObject.Member, at path: String) throws(EventPatternError) -> [[Condition]] {
    let memberPath = path.isEmpty ? member.name : "\(path).\(member.name)"
    switch member.value {
    case .object(let object): return try alternatives(of: object, at: memberPath)
    case .array(let options) where member.name == "$or":
      var choices: [[Condition]] = []
      for option in options {
        guard let object = option.objectValue else {
          throw EventPatternError(reason: "$or must be an array of objects")
        }
        choices += try alternatives(of: object, at: path)
      }
      guard options.count > 1 else {
        throw EventPatternError(reason: "There must have at least 2 Objects in $or relationship.")
      }
      return choices
    case .array(let values):
      guard !values.isEmpty else { throw EventPatternError(reason: "Empty arrays are not allowed") }
      var matchers: [ValueMatcher] = []
      for value in values { matchers.append(try ValueMatcher(value)) }
      return [[Condition(path: memberPath, matchers: matchers)]]
    default: throw EventPatternError(reason: "\"\(member.name)\" must be an object or an array")
    }
  }
}

extension ValueMatcher {
  /// An element of a pattern's list: a value to equal, or an operator.
  init(_ value: JSONValue) throws(EventPatternError) {
    guard case .object(let object) = value else {
      self = try Self.scalar(value)
      return
    }
    guard object.count == 1, let member = object.members.first else {
      throw EventPatternError(reason: "Only one key allowed in match expression")
    }
    switch member.name {
    case "exists":
      guard let exists = member.value.boolValue else {
        throw EventPatternError(reason: "exists match pattern must be either true or false.")
      }
      self = .exists(exists)
    case "equals-ignore-case": self = .textIgnoringCase(try Self.text(member.value, of: member.name))
    case "prefix":
      if let text = try Self.ignoringCase(member.value) {
        self = .prefixIgnoringCase(text)
      } else {
        self = .prefix(try Self.text(member.value, of: member.name))
      }
    case "suffix":
      if let text = try Self.ignoringCase(member.value) {
        self = .suffixIgnoringCase(text)
      } else {
        self = .suffix(try Self.text(member.value, of: member.name))
      }
    case "numeric": self = .range(try NumericRange(member.value))
    case "anything-but": self = .anythingBut(try Self.exclusions(member.value))
    default: throw EventPatternError(reason: "Unrecognized match type \(member.name)")
    }
  }

  private static func scalar(_ value: JSONValue) throws(EventPatternError) -> ValueMatcher {
    switch value {
    case .string(let text): return .text(text)
    case .bool(let value): return .bool(value)
    case .null: return .null
    case .number(let number):
      guard let double = number.double else { throw EventPatternError(reason: "\(number.text) is out of range") }
      return .number(double)
    case .array, .object: throw EventPatternError(reason: "Match value must be String, number, true, false, or null")
    }
  }

  private static func text(_ value: JSONValue, of name: String) throws(EventPatternError) -> String {
    guard let text = value.stringValue else {
      throw EventPatternError(reason: "\(name) match pattern must be a string")
    }
    return text
  }

  /// `{"equals-ignore-case": "text"}` inside `prefix` or `suffix`.
  private static func ignoringCase(_ value: JSONValue) throws(EventPatternError) -> String? {
    guard let object = value.objectValue, object.count == 1, let inner = object["equals-ignore-case"] else {
      return nil
    }
    return try text(inner, of: "equals-ignore-case")
  }

  /// What `anything-but` excludes: values of one type, or beginnings, ends or spellings.
  private static func exclusions(_ value: JSONValue) throws(EventPatternError) -> [ValueMatcher] {
    guard case .object(let object) = value else { return try values(value) }
    guard object.count == 1, let member = object.members.first else {
      throw EventPatternError(reason: "Only one key allowed in match expression")
    }
    let texts = member.value.arrayValue ?? [member.value]
    let isText = !texts.isEmpty && texts.allSatisfy { $0.stringValue != nil }
    func of(_ matcher: (String) -> ValueMatcher) throws(EventPatternError) -> [ValueMatcher] {
      guard isText, !texts.contains("") else {
        throw EventPatternError(
          reason: "\(member.name) inside anything-but must be a string that is not empty, or a list")
      }
      return texts.compactMap(\.stringValue).map(matcher)
    }
    switch member.name {
    case "prefix": return try of(ValueMatcher.prefix)
    case "suffix": return try of(ValueMatcher.suffix)
    case "equals-ignore-case": return try of(ValueMatcher.textIgnoringCase)
    default: throw EventPatternError(reason: "Unsupported anything-but pattern: \(member.name)")
    }
  }

  private static func values(_ value: JSONValue) throws(EventPatternError) -> [ValueMatcher] {
    let values = value.arrayValue ?? [value]
    guard !values.isEmpty else { throw EventPatternError(reason: "Empty arrays are not allowed") }
    var matchers: [ValueMatcher] = []
    for value in values { matchers.append(try scalar(value)) }
    let texts = matchers.count { if case .text = $0 { true } else { false } }
    let numbers = matchers.count { if case .number = $0 { true } else { false } }
    guard texts == matchers.count || numbers == matchers.count else {
      throw EventPatternError(reason: "Inside anything but list, either all values are number or string")
    }
    return matchers
  }
}

extension NumericRange {
  /// `["=", 5]`, `[">", 0]`, `[">=", 0, "<", 5]`.
  init(_ value: JSONValue) throws(EventPatternError) {
    guard let values = value.arrayValue else { throw EventPatternError(reason: "Value of numeric must be an array.") }
    guard values.count == 2 || values.count == 4 else {
      throw EventPatternError(reason: "Numeric expressions are one or two pairs of an operator and a number")
    }
    for index in stride(from: 0, to: values.count, by: 2) {
      guard let name = values[index].stringValue else {
        throw EventPatternError(reason: "Invalid member in numeric match")
      }
      guard case .number(let number) = values[index + 1], let limit = number.double else {
        throw EventPatternError(reason: "Value of \(name) must be numeric")
      }
      switch name {
      case "=" where values.count == 2:
        lower = Bound(value: limit, isIncluded: true)
        upper = lower
      case ">" where lower == nil && upper == nil, ">=" where lower == nil && upper == nil:
        lower = Bound(value: limit, isIncluded: name == ">=")
      case "<" where upper == nil, "<=" where upper == nil:
        upper = Bound(value: limit, isIncluded: name == "<=")
      default: throw EventPatternError(reason: "Bad numeric range operator: \(name)")
      }
    }
    if let lower, let upper,
      lower.value > upper.value || (lower.value == upper.value && !(lower.isIncluded && upper.isIncluded))
    {
      throw EventPatternError(reason: "Bottom must be less than top")
    }
  }
}
