/// The members of a JSON object in their order; of equal names the last one counts.
///
/// Names are compared byte by byte, as JSON does, and not by canonical equivalence as `String` does.
public struct JSONObject: Sendable {
  /// One name and its value.
  public struct Member: Sendable, Hashable {
    /// The member's name.
    public var name: String
    /// The member's value.
    public var value: JSONValue

    /// A member of an object.
    public init(name: String, value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// All members in order, each name once.
  public private(set) var members: [Member]

  /// An object with no members.
  public init() {
    members = []
  }

  /// An object of `members`; of equal names the last value counts, at the place of the first.
  public init(_ members: [Member]) {
    self.members = members
    removeDuplicates()
  }

  /// The value of `name`. Setting nil removes the member, setting a new name appends it.
  public subscript(name: String) -> JSONValue? {
    get {
      members.first { Self.same($0.name, name) }?.value
    }
    set {
      let index = members.firstIndex { Self.same($0.name, name) }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  static func same(_ left: String, _ right: String) -> Bool {
    // What is not even canonically equivalent is told apart quickest, and nearly all names are.
    guard left.utf8.count == right.utf8.count, left == right else { return false }
    let isSame = left.utf8.withContiguousStorageIfAvailable { left in
      right.utf8.withContiguousStorageIfAvailable { right in left.indices.allSatisfy { left[$0] == right[$0] } }
    }
    return isSame.flatMap(\.self) ?? left.utf8.elementsEqual(right.utf8)
  }

  private mutating func removeDuplicates() {
    // Few members are compared pair by pair; many go through a table, so that hostile input stays linear.
    if members.count <= 8 {
      var index = 1
      while index < members.count {
        if let first = members[..<index].firstIndex(where: { Self.same($0.name, members[index].name) }) {
          members[first].value = members.remove(at: index).value
        } else {
          index += 1
        }
      }
      return
    }
    var places: [ByteName: Int] = [:]
    places.reserveCapacity(members.count)
    var unique: [Member] = []
    unique.reserveCapacity(members.count)
    for member in members {
      if let place = places.updateValue(unique.count, forKey: ByteName(text: member.name)) {
        places[ByteName(text: member.name)] = place
        unique[place].value = member.value
      } else {
        unique.append(member)
      }
    }
    members = unique
  }

  /// A name that equals another one only when all bytes do.
  private struct ByteName: Hashable {
    let text: String

    static func == (left: Self, right: Self) -> Bool { JSONObject.same(left.text, right.text) }
    // By its bytes: `String` would hash many names alike that look the same and are not.
    func hash(into hasher: inout Hasher) {
      if text.utf8.withContiguousStorageIfAvailable({ hasher.combine(bytes: .init($0)) }) == nil {
        for byte in text.utf8 { hasher.combine(byte) }
      }
    }
  }
}

extension JSONObject: Sequence, ExpressibleByDictionaryLiteral {
  /// The members in order.
  public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }

  /// How many members there are.
  public var count: Int { members.count }

  /// Whether there are no members.
  public var isEmpty: Bool { members.isEmpty }

  /// An object; of equal names the last one counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements.map { Member(name: $0.0, value: $0.1) })
  }
}

extension JSONObject: Hashable {
  /// Two objects are equal when they have the same members, in any order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    if left.members == right.members { return true }
    guard left.count == right.count else { return false }
    let values = Dictionary(uniqueKeysWithValues: right.members.map { (ByteName(text: $0.name), $0.value) })
    return left.members.allSatisfy { values[ByteName(text: $0.name)] == $0.value }
  }

  /// Hashes the members without regard to their order.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(Set(members))
  }
}
