/// One node of a template as it is written: YAML with CloudFormation's functions made plain, and line numbers kept.
struct TemplateNode: Sendable {
  /// A key of a mapping with its value.
  struct Member: Sendable {
    var key: String
    var line: Int
    var value: TemplateNode
  }

  indirect enum Content: Sendable {
    case null
    case scalar(String)
    case list([TemplateNode])
    case map([Member])
    /// `!Ref X` and `Ref: X`, `!Sub …` and `Fn::Sub: …`, …: the name without its prefix.
    case function(String, TemplateNode)
  }

  var line: Int
  var content: Content

  /// A mapping's value by key; nil for other nodes.
  subscript(key: String) -> TemplateNode? {
    members?.first { $0.key == key }?.value
  }

  var members: [Member]? {
    if case .map(let members) = content { members } else { nil }
  }

  var scalar: String? {
    if case .scalar(let text) = content { text } else { nil }
  }
}

extension TemplateNode {
  /// A section of `Globals` below a resource's own properties; of two mappings both sides' members count.
  static func merged(_ globals: TemplateNode?, _ own: TemplateNode?) -> TemplateNode? {
    guard let globals, case .map(let shared) = globals.content else { return own }
    guard let own, case .map(var members) = own.content else { return own == nil ? globals : own }
    for member in shared {
      if let index = members.firstIndex(where: { $0.key == member.key }) {
        if let both = merged(member.value, members[index].value) { members[index].value = both }
      } else {
        members.append(member)
      }
    }
    return TemplateNode(line: own.line, content: .map(members))
  }
}

extension TemplateNode {
  /// Reads one YAML document.
  init(yaml: String, file: String) throws(TemplateError) {
    let root: YAMLNode?
    do throws(YAMLError) {
      root = try YAMLNode.parse(yaml)
    } catch {
      throw TemplateError(
        file: file, line: error.line, what: "this is not YAML: \(error.problem)",
        advice: "Correct the YAML and try again"
      )
    }
    guard let root else {
      throw TemplateError(
        file: file, line: nil, what: "the template is empty", advice: "Write a SAM template with Resources in it")
    }
    try self.init(root, file: file)
  }

  private init(_ node: YAMLNode, file: String) throws(TemplateError) {
    line = node.line
    let plain: Content
    switch node.content {
    case .scalar(let text, let isPlain):
      plain = isPlain && ["", "~", "null", "Null", "NULL"].contains(text) ? .null : .scalar(text)
    case .sequence(let sequence):
      var items: [TemplateNode] = []
      for item in sequence { items.append(try TemplateNode(item, file: file)) }
      plain = .list(items)
    case .mapping(let pairs):
      let members = try Self.members(pairs, file: file)
      plain = Self.longForm(members) ?? .map(members)
    }
    content = Self.shortForm(node.tag, plain, line: line) ?? plain
  }

  private static func members(
    _ pairs: [(key: YAMLNode, value: YAMLNode)], file: String
  ) throws(TemplateError) -> [Member] {
    var members: [Member] = []
    var names: Set<String> = []
    for (key, value) in pairs {
      guard case .scalar(let name, _) = key.content else {
        throw TemplateError(file: file, line: key.line, what: "a key that is not text", advice: "Write a name here")
      }
      guard names.insert(name).inserted else {
        throw TemplateError(
          file: file, line: key.line, what: "the key \(name) is written twice", advice: "Keep one of them")
      }
      members.append(Member(key: name, line: key.line, value: try TemplateNode(value, file: file)))
    }
    return members
  }

  /// `{Ref: X}` or `{Fn::Name: argument}`.
  private static func longForm(_ members: [Member]) -> Content? {
    guard members.count == 1, let only = members.first else { return nil }
    if only.key == "Ref" { return .function("Ref", only.value) }
    if only.key.hasPrefix("Fn::") { return .function(String(only.key.dropFirst(4)), only.value) }
    return nil
  }

  /// `!Name argument`.
  private static func shortForm(_ tag: String, _ argument: Content, line: Int) -> Content? {
    guard tag.hasPrefix("!"), tag.utf8.count > 1 else { return nil }
    return .function(String(tag.dropFirst()), TemplateNode(line: line, content: argument))
  }
}
