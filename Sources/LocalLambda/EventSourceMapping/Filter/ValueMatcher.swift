import JSON

/// What one field of an event is compared with.
enum ValueMatcher: Sendable, Hashable {
  case text(String)
  case number(Double)
  case bool(Bool)
  case null
  case textIgnoringCase(String)
  case prefix(String)
  case prefixIgnoringCase(String)
  case suffix(String)
  case suffixIgnoringCase(String)
  case range(NumericRange)
  /// With false, what matters is that there is no such field: no value matches.
  case exists(Bool)
  /// Any value, of any type, that none of these matches.
  case anythingBut([ValueMatcher])

  func matches(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.exists(let exists), _): exists
    case (.anythingBut(let excluded), _): !excluded.contains { $0.matches(value) }
    case (.null, .null): true
    case (.bool(let wanted), .bool(let value)): wanted == value
    case (.number(let wanted), .number(let number)): number.double == wanted
    case (.range(let range), .number(let number)): number.double.map(range.contains) ?? false
    case (.text(let wanted), .string(let text)): wanted.utf8.elementsEqual(text.utf8)
    case (.textIgnoringCase(let wanted), .string(let text)): text.lowercased() == wanted.lowercased()
    case (.prefix(let prefix), .string(let text)): text.utf8.starts(with: prefix.utf8)
    case (.prefixIgnoringCase(let prefix), .string(let text)): text.lowercased().hasPrefix(prefix.lowercased())
    case (.suffix(let suffix), .string(let text)): text.utf8.reversed().starts(with: suffix.utf8.reversed())
    case (.suffixIgnoringCase(let suffix), .string(let text)): text.lowercased().hasSuffix(suffix.lowercased())
    default: false
    }
  }
}

/// What `numeric` allows: one number, or all between bounds.
struct NumericRange: Sendable, Hashable {
  struct Bound: Sendable, Hashable {
    let value: Double
    let isIncluded: Bool
  }

  var lower: Bound?
  var upper: Bound?

  func contains(_ value: Double) -> Bool {
    if let lower, value < lower.value || (value == lower.value && !lower.isIncluded) { return false }
    if let upper, value > upper.value || (value == upper.value && !upper.isIncluded) { return false }
    return true
  }
}
