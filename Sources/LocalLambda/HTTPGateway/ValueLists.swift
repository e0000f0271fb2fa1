/// Names, each with all the values that it came with, in the order in which they came.
struct ValueLists {
  private(set) var members: [(name: String, values: [String])] = []
  /// Where each name is, so that a query of thousands of them is no work of millions.
  private var places: [String: Int] = [:]

  /// Adds a value; a name that comes again in another case is the same one if that is said.
  mutating func add(_ value: String, to name: String, ignoringCase: Bool = false) {
    let key = ignoringCase ? name.lowercased() : name
    if let place = places[key] {
      members[place].values.append(value)
    } else {
      places[key] = members.count
      members.append((name, [value]))
    }
  }

  /// Each name with its last value.
  var lastValues: [(name: String, value: String)] { members.map { ($0.name, $0.values.last ?? "") } }

  /// Each name with all of its values, as one.
  var joinedValues: [(name: String, value: String)] { members.map { ($0.name, $0.values.joined(separator: ",")) } }
}
