/// The parameters of the query protocol, `SendMessageBatchRequestEntry.1.Id=a&…`, as a tree along the dots.
struct QueryParameters: Sendable {
  private(set) var value: String?
  private var children: [String: QueryParameters] = [:]

  init() {}

  /// Parses `application/x-www-form-urlencoded` text; a later parameter of the same name wins.
  init(form: some Collection<UInt8>) {
    for pair in form.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decodeForm(parts[0])
      insert(parts.count == 2 ? PercentCoding.decodeForm(parts[1]) : "", at: name.split(separator: ".")[...])
    }
  }

  /// The later parameters win over these.
  mutating func merge(_ other: QueryParameters) {
    if let value = other.value { self.value = value }
    for (name, child) in other.children { children[name, default: QueryParameters()].merge(child) }
  }

  subscript(name: String) -> QueryParameters? { children[name] }

  mutating func set(_ name: String, to value: String) { insert(value, at: [name[...]]) }

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

/// Percent encoding in forms and paths.
enum PercentCoding {
  /// Decodes a form's name or value: `+` is a space. What is not UTF-8 is replaced.
  static func decodeForm(_ bytes: some Collection<UInt8>) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(percentDigits: rest.prefix(2)) {
        decoded.append(value)
        rest = rest.dropFirst(2)
      } else {
        decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate init?(percentDigits digits: some Collection<UInt8>) {
    let text = String(decoding: digits, as: UTF8.self)
    guard !text.hasPrefix("+"), !text.hasPrefix("-"), let value = UInt8(text, radix: 16) else { return nil }
    self = value
  }
}
