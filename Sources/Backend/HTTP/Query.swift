import LambdaEvents

/// The parameters of a query. An empty value counts as none, but for a switch; of repeated ones the last counts.
struct Query: Sendable {
  private let values: [String: String]

  init(_ event: HTTPRequestEvent) {
    // As it was sent, where that is known: the decoded form has lost which commas joined repeated names.
    guard !event.rawQueryString.isEmpty else {
      values = event.queryStringParameters ?? [:]
      return
    }
    var values: [String: String] = [:]
    for pair in event.rawQueryString.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      values[PercentEncoding.decode(parts[0], plusIsSpace: true)] =
        parts.count == 2 ? PercentEncoding.decode(parts[1], plusIsSpace: true) : ""
    }
    self.values = values
  }

  /// The text of a parameter.
  func text(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A whole number of at least `minimum`.
  func integer(_ name: String, minimum: Int64) throws(Problem) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let value = Int64(decimal: text), value >= minimum else {
      throw .invalid(name, "must be a whole number from \(minimum) on")
    }
    return value
  }

  /// One of a few texts.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, or standard: Choice
  ) throws(Problem) -> Choice {
    guard let text = text(name) else { return standard }
    guard let value = Choice(rawValue: text) else {
      throw .invalid(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }

  /// A switch, `true` or `false`. Its name alone turns it on.
  func boolean(_ name: String) throws(Problem) -> Bool {
    switch values[name] {
    case nil, "false"?, "0"?: false
    case "true"?, "1"?, ""?: true
    default: throw .invalid(name, "must be true or false")
    }
  }

  /// Throws a problem that names each parameter that is none of these.
  func check(only names: [String]) throws(Problem) {
    let unknown = values.keys.filter { !names.contains($0) }.sorted()
    guard unknown.isEmpty else {
      let detail = "is not known here; known are \(names.joined(separator: ", "))"
      throw .unprocessable(unknown.map { Problem.Fault(place: .parameter($0), detail: detail) })
    }
  }
}

extension Problem {
  /// A parameter of the query that has a value it cannot have.
  static func invalid(_ parameter: String, _ detail: String) -> Problem {
    .unprocessable([Fault(place: .parameter(parameter), detail: detail)])
  }
}

extension Int64 {
  /// Reads a number in the one way it is written: digits, no sign, no leading zeros.
  init?(decimal text: some StringProtocol) {
    guard let value = Int64(text), value >= 0, String(value) == text else { return nil }
    self = value
  }
}
