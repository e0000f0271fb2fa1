internal import Yams

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
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch {
      throw TemplateError(yamlError: error, file: file)
    }
    guard let root else {
      throw TemplateError(
        file: file, line: nil, what: "the template is empty", advice: "Write a SAM template with Resources in it")
    }
    try self.init(root, file: file)
  }

  private init(_ node: Node, file: String) throws(TemplateError) {
    line = node.mark?.line ?? 1
    let plain: Content
    switch node {
    case .scalar(let scalar):
      let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      plain = isNull ? .null : .scalar(scalar.string)
    case .sequence(let sequence):
      var items: [TemplateNode] = []
      for item in sequence { items.append(try TemplateNode(item, file: file)) }
      plain = .list(items)
    case .mapping(let mapping):
      var members: [Member] = []
      for (key, value) in mapping {
        guard let name = key.scalar?.string else {
          throw TemplateError(
            file: file, line: key.mark?.line ?? line, what: "a key that is not text", advice: "Write a name here")
        }
        members.append(
          Member(key: name, line: key.mark?.line ?? line, value: try TemplateNode(value, file: file)))
      }
      plain = Self.longForm(members) ?? .map(members)
    case .alias:
      throw TemplateError(
        file: file, line: line, what: "a YAML alias that could not be followed", advice: "Write the value out")
    }
    content = Self.shortForm(node, plain, line: line) ?? plain
  }

  /// `{Ref: X}` or `{Fn::Name: argument}`.
  private static func longForm(_ members: [Member]) -> Content? {
    guard members.count == 1, let only = members.first else { return nil }
    if only.key == "Ref" { return .function("Ref", only.value) }
    if only.key.hasPrefix("Fn::") { return .function(String(only.key.dropFirst(4)), only.value) }
    return nil
  }

  /// `!Name argument`.
  private static func shortForm(_ node: Node, _ argument: Content, line: Int) -> Content? {
    let tag =
      switch node {
      case .scalar(let scalar): scalar.tag.rawValue
      case .sequence(let sequence): sequence.tag.rawValue
      case .mapping(let mapping): mapping.tag.rawValue
      case .alias: ""
      }
    guard tag.hasPrefix("!"), tag.count > 1 else { return nil }
    return .function(String(tag.dropFirst()), TemplateNode(line: line, content: argument))
  }
}

extension TemplateError {
  /// What the YAML parser said, with its place.
  fileprivate init(yamlError error: any Error, file: String) {
    let advice = "Correct the YAML and try again"
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(file: file, line: mark.line, what: "this is not YAML: \(problem)", advice: advice)
    case .duplicatedKeysInMapping(let duplicates, let context):
      self.init(
        file: file, line: context.mark.line, what: "the key \(duplicates.joined(separator: ", ")) is written twice",
        advice: "Keep one of them")
    case .reader(let problem, _, _, _):
      self.init(file: file, line: nil, what: "this is not YAML: \(problem)", advice: advice)
    default:
      self.init(file: file, line: nil, what: "this is not YAML: \(error)", advice: advice)
    }
  }
}
