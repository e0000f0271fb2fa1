/// Works out CloudFormation's functions: `Ref`, `GetAtt`, `Sub`, `Join`, `Select`, `Split`, `FindInMap`, `If` and the
/// conditions. References to resources stay open.
struct Intrinsics {
  /// A parameter of the template.
  struct Parameter {
    /// Nil where it has none.
    var value: String?
    /// Whether its value is a list, written with commas.
    var isList: Bool
  }

  let file: String
  var parameters: [String: Parameter] = [:]
  /// The logical ids of the resources, by what they are called: `Function.Alias` is a name that SAM makes up.
  var resources: [String: String] = [:]
  var conditions: [String: TemplateNode] = [:]
  var mappings: TemplateNode?
  /// `AWS::Region` and its kind.
  var pseudo: [String: String] = [:]

  /// What a node comes to.
  func resolve(_ node: TemplateNode) throws(TemplateError) -> TemplateValue {
    switch node.content {
    case .null:
      return TemplateValue(line: node.line, content: .none)
    case .boolean(let truth, _):
      return text([.text(String(truth))], node.line)
    case .scalar(let text):
      return TemplateValue(line: node.line, content: .text(TemplateText(text, line: node.line)))
    case .list(let nodes):
      var items: [TemplateValue] = []
      for item in nodes {
        let value = try resolve(item)
        if !(value.isNone && item.isFunction) { items.append(value) }
      }
      return TemplateValue(line: node.line, content: .list(items))
    case .map(let members):
      var values: [TemplateValue.Member] = []
      for member in members {
        let value = try resolve(member.value)
        if value.isNone && member.value.isFunction { continue }  // AWS::NoValue takes the property away
        values.append(TemplateValue.Member(key: member.key, line: member.line, value: value))
      }
      return TemplateValue(line: node.line, content: .map(values))
    case .function(let name, let argument):
      return try call(name, argument, line: node.line)
    }
  }

  /// What a condition by this name comes to.
  func condition(_ name: String, line: Int) throws(TemplateError) -> Bool {
    guard let node = conditions[name] else {
      throw error(line, "there is no condition \(name)", "Add it to Conditions")
    }
    return try truth(of: node, within: [name])
  }

  /// A node without the choices around it: of `Fn::If` the branch that is taken, and nil for `AWS::NoValue`.
  func chosen(_ node: TemplateNode) throws(TemplateError) -> TemplateNode? {
    switch node.content {
    case .function("If", let argument): return try chosen(try branch(of: argument, line: node.line))
    case .function("Ref", let argument) where argument.scalar == "AWS::NoValue": return nil
    default: return node
    }
  }

  /// A mapping's value by key, without the choices around it.
  func chosen(_ key: String, of node: TemplateNode?) throws(TemplateError) -> TemplateNode? {
    guard let value = node?[key] else { return nil }
    return try chosen(value)
  }

  private func branch(of argument: TemplateNode, line: Int) throws(TemplateError) -> TemplateNode {
    guard case .list(let items) = argument.content, items.count == 3, let name = items[0].scalar else {
      throw wrongArgument("If", "[condition, value, other value]", line)
    }
    return try condition(name, line: line) ? items[1] : items[2]
  }

  private func call(_ name: String, _ argument: TemplateNode, line: Int) throws(TemplateError) -> TemplateValue {
    switch name {
    case "Ref":
      guard let target = argument.scalar else { throw wrongArgument("Ref", "a name", line) }
      if target == "AWS::NoValue" { return TemplateValue(line: line, content: .none) }
      if let parameter = parameters[target], parameter.isList, let value = parameter.value {
        return list(value.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed), line)
      }
      return text([try reference(target, line: line)], line)
    case "GetAtt":
      return text([try attribute(argument, line: line)], line)
    case "Sub":
      return text(try substitute(argument, line: line), line)
    case "Join":
      return text(try join(argument, line: line), line)
    case "Split":
      return list(try split(argument, line: line), line)
    case "Select":
      return try select(argument, line: line)
    case "If":
      return try resolve(try branch(of: argument, line: line))
    case "FindInMap":
      return text([.text(try findInMap(argument, line: line))], line)
    default:
      throw error(line, "the function \(name) is not worked out locally", "Write the value itself, or use a parameter")
    }
  }

  private func reference(_ target: String, line: Int) throws(TemplateError) -> TemplateText.Segment {
    if let value = pseudo[target] { return .text(value) }
    if let parameter = parameters[target] {
      return parameter.value.map { .text($0) } ?? .unknown("the parameter \(target) has no Default")
    }
    if let resource = resources[target] { return .resource(resource, attribute: nil) }
    let near = Suggestion.nearest(to: target, in: Array(resources.keys) + Array(parameters.keys))
    throw error(
      line, "\(target) is neither a parameter nor a resource of this template",
      near.map { "Did you mean \($0)?" } ?? "Declare it under Parameters or Resources")
  }

  private func attribute(_ argument: TemplateNode, line: Int) throws(TemplateError) -> TemplateText.Segment {
    let parts: [String]
    switch argument.content {
    case .scalar(let text):
      let pieces = text.split(separator: ".").map(String.init)
      // A name that SAM makes up has a dot itself: `Function.DestinationQueue.Arn`.
      let length = pieces.count > 2 && resources[pieces[0] + "." + pieces[1]] != nil ? 2 : 1
      parts = [pieces.prefix(length), pieces.dropFirst(length)].filter { !$0.isEmpty }.map { $0.joined(separator: ".") }
    case .list(let items): parts = items.compactMap(\.scalar)
    default: parts = []
    }
    guard parts.count == 2 else { throw wrongArgument("GetAtt", "Resource.Attribute", line) }
    guard let resource = resources[parts[0]] else {
      let near = Suggestion.nearest(to: parts[0], in: resources.keys)
      throw error(
        line, "there is no resource \(parts[0])",
        near.map { "Did you mean \($0)?" } ?? "Declare it under Resources")
    }
    return .resource(resource, attribute: parts[1])
  }

  /// `${Name}`, `${Resource.Attribute}`, `${!literal}`, with names of its own in the list form.
  private func substitute(_ argument: TemplateNode, line: Int) throws(TemplateError) -> [TemplateText.Segment] {
    var own: [String: TemplateNode] = [:]
    let pattern: String
    switch argument.content {
    case .scalar(let text):
      pattern = text
    case .list(let items):
      guard items.count == 2, let text = items[0].scalar, let members = items[1].members else { fallthrough }
      pattern = text
      for member in members { own[member.key] = member.value }
    default:
      throw wrongArgument("Sub", "a text, or [text, {name: value}]", line)
    }
    var segments: [TemplateText.Segment] = []
    var rest = pattern[...]
    while let dollar = rest.firstRange(ofText: "${"), let brace = rest[dollar.upperBound...].firstIndex(of: "}") {
      segments.append(.text(String(rest[..<dollar.lowerBound])))
      let name = rest[dollar.upperBound..<brace].trimmed
      rest = rest[rest.index(after: brace)...]
      if name.hasPrefix("!") {
        segments.append(.text("${\(name.dropFirst())}"))
      } else if let node = own[name] {
        segments += try segmentsOfText(node, "Sub")
      } else if name.contains("."), parameters[name] == nil, resources[name] == nil {
        segments.append(try attribute(TemplateNode(line: line, content: .scalar(name)), line: line))
      } else {
        segments.append(try reference(name, line: line))
      }
    }
    return segments + [.text(String(rest))]
  }

  private func join(_ argument: TemplateNode, line: Int) throws(TemplateError) -> [TemplateText.Segment] {
    guard case .list(let items) = argument.content, items.count == 2, let separator = items[0].scalar else {
      throw wrongArgument("Join", "[separator, [values]]", line)
    }
    guard case .list(let values) = try resolve(items[1]).content else {
      throw wrongArgument("Join", "[separator, [values]]", line)
    }
    var segments: [TemplateText.Segment] = []
    for (index, value) in values.enumerated() {
      guard let text = value.text else { throw wrongArgument("Join", "a list of texts", line) }
      if index > 0 { segments.append(.text(separator)) }
      segments += text.segments
    }
    return segments
  }

  private func split(_ argument: TemplateNode, line: Int) throws(TemplateError) -> [String] {
    guard case .list(let items) = argument.content, items.count == 2, let separator = items[0].scalar,
      !separator.isEmpty, let text = try resolve(items[1]).text?.plain
    else { throw wrongArgument("Split", "[separator, text]", line) }
    var parts: [String] = []
    var rest = text[...]
    while let found = rest.firstRange(ofText: separator) {
      parts.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [String(rest)]
  }

  private func select(_ argument: TemplateNode, line: Int) throws(TemplateError) -> TemplateValue {
    guard case .list(let items) = argument.content, items.count == 2,
      let index = try resolve(items[0]).text?.plain.flatMap({ Int($0) }),
      case .list(let values) = try resolve(items[1]).content
    else { throw wrongArgument("Select", "[index, [values]]", line) }
    guard values.indices.contains(index) else {
      throw error(line, "Select has \(values.count) values and none at \(index)", "Count from 0")
    }
    return values[index]
  }

  private func findInMap(_ argument: TemplateNode, line: Int) throws(TemplateError) -> String {
    guard case .list(let items) = argument.content, items.count == 3 else {
      throw wrongArgument("FindInMap", "[map, key, second key]", line)
    }
    var node = mappings
    var path: [String] = []
    for item in items {
      guard let key = try resolve(item).text?.plain else {
        throw wrongArgument("FindInMap", "[map, key, second key]", line)
      }
      path.append(key)
      node = node?[key]
    }
    guard let value = node?.scalarValue else {
      throw error(line, "Mappings has no \(path.joined(separator: "."))", "Add it, or choose another key")
    }
    return value
  }

  private func truth(of node: TemplateNode, within names: [String]) throws(TemplateError) -> Bool {
    switch node.content {
    case .function("Equals", let argument):
      guard case .list(let items) = argument.content, items.count == 2 else { break }
      return try resolve(items[0]).text?.segments == resolve(items[1]).text?.segments
    case .function("Not", let argument):
      guard case .list(let items) = argument.content, items.count == 1 else { break }
      return try !truth(of: items[0], within: names)
    case .function("And", let argument):
      guard case .list(let items) = argument.content else { break }
      for item in items where try !truth(of: item, within: names) { return false }
      return true
    case .function("Or", let argument):
      guard case .list(let items) = argument.content else { break }
      for item in items where try truth(of: item, within: names) { return true }
      return false
    case .function("Condition", let argument):
      if let name = argument.scalar { return try truth(named: name, within: names, line: node.line) }
    case .map(let members):
      if members.count == 1, members[0].key == "Condition", let name = members[0].value.scalar {
        return try truth(named: name, within: names, line: node.line)
      }
    default: break
    }
    throw error(node.line, "this is not a condition", "Use Fn::Equals, Fn::Not, Fn::And, Fn::Or or Condition")
  }

  private func truth(named name: String, within names: [String], line: Int) throws(TemplateError) -> Bool {
    guard !names.contains(name) else {
      throw error(line, "the condition \(name) needs itself", "Break the circle")
    }
    guard let next = conditions[name] else {
      throw error(line, "there is no condition \(name)", "Add it to Conditions")
    }
    return try truth(of: next, within: names + [name])
  }

  private func segmentsOfText(_ node: TemplateNode, _ function: String) throws(TemplateError) -> [TemplateText.Segment]
  {
    guard let text = try resolve(node).text else { throw wrongArgument(function, "a text", node.line) }
    return text.segments
  }

  private func text(_ segments: [TemplateText.Segment], _ line: Int) -> TemplateValue {
    TemplateValue(line: line, content: .text(TemplateText(segments, line: line)))
  }

  private func list(_ texts: [String], _ line: Int) -> TemplateValue {
    TemplateValue(line: line, content: .list(texts.map { text([.text($0)], line) }))
  }

  private func wrongArgument(_ function: String, _ wanted: String, _ line: Int) -> TemplateError {
    error(line, "\(function) has the wrong argument", "It takes \(wanted)")
  }

  private func error(_ line: Int, _ what: String, _ advice: String) -> TemplateError {
    TemplateError(file: file, line: line, what: what, advice: advice)
  }
}

extension TemplateNode {
  fileprivate var isFunction: Bool {
    if case .function = content { true } else { false }
  }
}
