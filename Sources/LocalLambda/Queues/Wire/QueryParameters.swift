/// The parameters of the query protocol, `SendMessageBatchRequestEntry.1.Id=a&…`, as a tree along the dots.
struct QueryParameters: Sendable {
  private(set) var value: String?
  private var children: [String: QueryParameters] = [:]

  init() {}

  /// More parts than the longest name of the protocol has; whoever sends thousands gets no tree of that height.
  private static let mostParts = 8

  /// Parses `application/x-www-form-urlencoded` text; a later parameter of the same name wins.
  init(form: some Collection<UInt8>) throws(SQSError) {
    for pair in form.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let path = try Self.text(parts[0]).split(separator: ".", maxSplits: Self.mostParts - 1)
      try insert(parts.count == 2 ? Self.text(parts[1]) : "", at: path[...])
    }
  }

  private static func text(_ encoded: some Collection<UInt8>) throws(SQSError) -> String {
    guard let text = PercentDecoding.text(encoded, plusIsSpace: true) else {
      throw SQSError(.invalidMessageContents, OutgoingMessage.invalidCharacters)
    }
    return text
  }

  /// The later parameters win over these.
  mutating func merge(_ other: QueryParameters) {
    if let value = other.value { self.value = value }
    for (name, child) in other.children { children[name, default: QueryParameters()].merge(child) }
  }

  subscript(name: String) -> QueryParameters? { children[name] }

  /// The elements of a flat list, in the order of their numbers.
  var elements: [QueryParameters] {
    children.compactMap { name, child in Int(name).map { ($0, child) } }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  private mutating func insert(_ value: String, at path: ArraySlice<Substring>) {
    guard let first = path.first else {
      self.value = value
      return
    }
    children[String(first), default: QueryParameters()].insert(value, at: path.dropFirst())
  }
}
