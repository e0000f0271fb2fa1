/// The parameters of the query protocol, `SendMessageBatchRequestEntry.1.Id=a&…`, as a tree along the dots.
struct QueryParameters: Sendable {
  private(set) var value: String?
  private var children: [String: QueryParameters] = [:]

  init() {}

  /// In bytes: more than any name of the protocol has. What is longer is unknown, whatever it says, and not looked at;
  /// so nobody can have a tree built that is thousands of levels high.
  private static let longestName = 256

  /// Parses `application/x-www-form-urlencoded` text; a later parameter of the same name wins.
  init(form: some Collection<UInt8>) throws(SQSError) {
    var rest = form[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex
      let pair = rest[..<end]
      rest = rest[end...].dropFirst()
      let nameEnd = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let name = pair[..<nameEnd]
      guard (1...Self.longestName).contains(name.count) else { continue }
      try insert(
        Self.text(pair[nameEnd...].dropFirst()), at: Self.text(name).utf8.split(separator: UInt8(ascii: "."))[...])
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

  private mutating func insert(_ value: String, at path: ArraySlice<Substring.UTF8View>) {
    guard let first = path.first else {
      self.value = value
      return
    }
    children[String(Substring(first)), default: QueryParameters()].insert(value, at: path.dropFirst())
  }
}
