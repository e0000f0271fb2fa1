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
    /// `true`, `Yes`, `off` and their like without quotes, which YAML 1.1 takes for booleans.
    case boolean(Bool, written: String)
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

  /// A scalar as it is written: this is how names are read.
  var scalar: String? {
    switch content {
    case .scalar(let text), .boolean(_, written: let text): text
    default: nil
    }
  }

  /// A scalar as a value: a boolean is `true` or `false`, however it is written.
  var scalarValue: String? {
    if case .boolean(let truth, _) = content { String(truth) } else { scalar }
  }
}

extension TemplateNode {
  /// A section of `Globals` below a resource's own properties; of two mappings both sides' members count. To SAM a
  /// function is no mapping: an `Fn::If` of the resource's own stands in place of what `Globals` say.
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
    case .scalar(let text, isPlain: true): plain = Self.plainScalar(text, tag: node.tag)
    case .scalar(let text, isPlain: false): plain = .scalar(text)
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

  /// What a scalar without quotes stands for. After a tag it is a name: `!Ref On`.
  private static func plainScalar(_ text: String, tag: String) -> Content {
    if ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
    guard !tag.hasPrefix("!"), let truth = booleans[text] else { return .scalar(text) }
    return .boolean(truth, written: text)
  }

  /// YAML 1.1's booleans as CloudFormation has them: without `y` and `n`.
  private static let booleans: [String: Bool] = [
    "true": true, "True": true, "TRUE": true, "yes": true, "Yes": true, "YES": true, "on": true, "On": true,
    "ON": true, "false": false, "False": false, "FALSE": false, "no": false, "No": false, "NO": false, "off": false,
    "Off": false, "OFF": false,
  ]

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
