import JSON

/// The members of a request to the Lambda API, and what the service says of those that it does not take.
extension JSONObject {
  /// A member of a type; nil when it is not there or null.
  func member<Value>(_ name: String, _ read: (JSONValue) -> Value?) throws(InvokeAPIError) -> Value? {
    guard let value = self[name], !value.isNull else { return nil }
    guard let read = read(value) else { throw .serialization("\(name) is of the wrong type") }
    return read
  }

  /// A whole number within bounds; nil when it is not there or null.
  ///
  /// - Parameter place: what the message puts before the name: `scalingConfig.`.
  func integer(
    _ name: String, in range: ClosedRange<Int>, at place: String = ""
  ) throws(InvokeAPIError) -> Int? {
    guard let number = try member(name, \.int64Value) else { return nil }
    guard let value = Int(exactly: number), range.contains(value) else {
      let bound =
        number < range.lowerBound
        ? "greater than or equal to \(range.lowerBound)" : "less than or equal to \(range.upperBound)"
      throw .validation(String(number), at: place + name.uncapitalized, "Member must have value \(bound)")
    }
    return value
  }
}

extension String {
  /// As the service's messages name a member: `maxItems`.
  var uncapitalized: String { prefix(1).lowercased() + dropFirst() }
}
