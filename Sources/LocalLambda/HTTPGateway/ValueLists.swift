/// Names, each with all the values that it came with, in the order in which they came.
struct ValueLists {
  private(set) var members: [(name: String, values: [String])] = []

  /// Adds a value; a name that comes again in another case is the same one if that is said.
  mutating func add(_ value: String, to name: String, ignoringCase: Bool = false) {
    let index = members.firstIndex { ignoringCase ? $0.name.isASCIIEqual(to: name) : $0.name == name }
    if let index { members[index].values.append(value) } else { members.append((name, [value])) }
  }

  /// Takes a name out, in whatever case it is, and returns its values.
  mutating func remove(_ name: String) -> [String] {
    guard let index = members.firstIndex(where: { $0.name.isASCIIEqual(to: name) }) else { return [] }
    return members.remove(at: index).values
  }

  /// Each name with its last value.
  var lastValues: [(name: String, value: String)] { members.map { ($0.name, $0.values.last ?? "") } }

  /// Each name with all of its values, as one.
  var joinedValues: [(name: String, value: String)] { members.map { ($0.name, $0.values.joined(separator: ",")) } }
}
