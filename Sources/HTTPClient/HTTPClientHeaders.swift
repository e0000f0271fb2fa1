/// Header fields in the order they were given or received; names are compared without regard to case.
///
/// ```swift
/// var headers: HTTPClientHeaders = ["Content-Type": "application/json"]
/// headers.set("Authorization", to: "Bearer …")
/// headers["content-type"]  // "application/json"
/// ```
public struct HTTPClientHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral, RandomAccessCollection {
  /// One field, its name as it was written.
  public struct Field: Sendable, Hashable {
    /// The name, in the writer's case.
    public let name: String
    /// The value, without white space around it.
    public let value: String

    /// Makes a field.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  private var fields: [Field]

  /// Makes a list of these fields.
  public init(_ fields: [Field] = []) { self.fields = fields }

  /// Makes a list from `["Name": "value"]`, in the order written; a name may occur more than once.
  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value under this name.
  public subscript(name: String) -> String? {
    fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value
  }

  /// Appends a field and leaves others of that name alone.
  public mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// Replaces all fields of this name by one.
  public mutating func set(_ name: String, to value: String) {
    remove(name)
    add(name, value)
  }

  /// Removes all fields of this name.
  public mutating func remove(_ name: String) {
    fields.removeAll { $0.name.equalsIgnoringASCIICase(name) }
  }

  /// The position of the first field.
  public var startIndex: Int { fields.startIndex }
  /// The position after the last field.
  public var endIndex: Int { fields.endIndex }
  /// The field at a position.
  public subscript(position: Int) -> Field { fields[position] }

  /// Joins `text` to the last field's value: how a folded header line (RFC 9112 section 5.2) is read.
  mutating func continueLast(with text: String) {
    guard let last = fields.popLast() else { return }
    fields.append(Field(name: last.name, value: last.value + " " + text))
  }
}

extension String {
  func equalsIgnoringASCIICase(_ other: String) -> Bool {
    utf8.elementsEqual(other.utf8) { $0 == $1 || ($0 | 0x20 == $1 | 0x20 && ($0 | 0x20).isASCIILetter) }
  }
}

extension UInt8 {
  fileprivate var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
