import JSON

/// Which messages of a queue reach the function; the others are deleted.
///
/// Any pattern that matches lets a message through. A pattern that speaks of fields of the body wants a body that is
/// JSON, one that speaks of the body as a text wants one that is not; see
/// [Using event filtering with SQS](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html).
struct FilterCriteria: Sendable {
  static let maximumFilters = 5
  static let maximumPatternLength = 4_096

  private enum Body {
    case json, text, none
  }

  private struct Filter: Sendable {
    let pattern: EventPattern
    /// What the pattern takes the body for.
    let body: Body

    init(_ text: String) throws(EventPatternError) {
      pattern = try EventPattern(text)
      let paths = pattern.alternatives.joined().map(\.path)
      body = paths.contains { $0.hasPrefix("body.") } ? .json : paths.contains("body") ? .text : .none
    }
  }

  private let filters: [Filter]

  /// Reads the patterns; no more of them than Lambda allows, none longer.
  init(patterns: [String]) throws(EventPatternError) {
    guard patterns.count <= Self.maximumFilters else {
      throw EventPatternError(reason: "There are \(patterns.count) filters; \(Self.maximumFilters) are allowed")
    }
    var filters: [Filter] = []
    for pattern in patterns {
      guard pattern.count <= Self.maximumPatternLength else {
        throw EventPatternError(
          reason: "The pattern has \(pattern.count) characters; \(Self.maximumPatternLength) are allowed")
      }
      filters.append(try Filter(pattern))
    }
    self.filters = filters
  }

  /// Whether a record is let through; with no filters every one is.
  func matches(_ record: SQSRecord) -> Bool {
    guard !filters.isEmpty else { return true }
    guard let event = try? JSONValue(parsing: record.json), var parsed = event.objectValue else { return false }
    // Only an object or a list makes a body JSON: a text such as 42 or true is one all the same.
    let body = parsed["body"]?.stringValue.flatMap { try? JSONValue(parsing: $0) }
    let isJSON = body?.objectValue != nil || body?.arrayValue != nil
    if isJSON { parsed["body"] = body }
    return filters.contains { filter in
      switch filter.body {
      case .json: isJSON && filter.pattern.matches(.object(parsed))
      case .text: !isJSON && filter.pattern.matches(event)
      case .none: filter.pattern.matches(event)
      }
    }
  }
}
