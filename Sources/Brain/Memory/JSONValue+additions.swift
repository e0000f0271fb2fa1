import JSON

extension JSONValue {
  /// This memory, with the members that `stored` has and this has not: what an operator or another program added to it
  /// stays.
  ///
  /// The items of a list are told by their `id`, or by their `name` and `type`. What was added to an item goes when the
  /// item goes, or is forgotten.
  func keepingAdditions(of stored: JSONValue?) -> JSONValue {
    switch (self, stored) {
    case (.object(let own), .object(let stored)?):
      if own["text"] == .string(MemoryMerge.forgotten) { return self }
      let members = own.members.map { member in
        JSONObject.Member(name: member.name, value: member.value.keepingAdditions(of: stored[member.name]))
      }
      return .object(JSONObject(members + stored.members.filter { own[$0.name] == nil }))
    case (.array(let own), .array(let stored)?):
      let items = stored.compactMap { item in item.identity.map { ($0, item) } }
      let known = Dictionary(items, uniquingKeysWith: { first, _ in first })
      return .array(own.map { item in item.keepingAdditions(of: item.identity.flatMap { known[$0] }) })
    default:
      return self
    }
  }

  private var identity: [JSONValue]? {
    if let id = self["id"] { return [id] }
    guard let name = self["name"], let type = self["type"] else { return nil }
    return [name, type]
  }
}
