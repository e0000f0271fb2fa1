/// Reads one mapping of a template property by property, and knows which ones nobody asked for.
///
/// Every property ends in one of four ways: read, known and of no consequence here (`ignore`), known and told about
/// (`warn`), or refused by name. `finish` refuses what is left.
struct PropertyReader {
  let context: TemplateContext
  /// `Brain.Properties` and its kind, for messages.
  let path: String
  let line: Int
  private var members: [TemplateNode.Member]
  private var known: Set<String> = []

  init(_ node: TemplateNode?, path: String, line: Int, context: TemplateContext) throws(TemplateError) {
    self.context = context
    self.path = path
    self.line = node?.line ?? line
    switch node?.content {
    case nil, .null: members = []
    case .map(let members): self.members = members
    default:
      throw TemplateError(
        file: context.file, line: self.line, what: "\(path) is not a mapping", advice: "Write `Name: value` lines here")
    }
  }

  /// The members nobody has read yet, as written.
  var remaining: [TemplateNode.Member] { members }

  /// A member that nobody has read yet.
  func peek(_ key: String) -> TemplateNode.Member? { members.first { $0.key == key } }

  mutating func node(_ key: String) -> TemplateNode.Member? {
    known.insert(key)
    guard let index = members.firstIndex(where: { $0.key == key }) else { return nil }
    return members.remove(at: index)
  }

  mutating func value(_ key: String) throws(TemplateError) -> TemplateValue? {
    guard let member = node(key) else { return nil }
    let value = try context.intrinsics.resolve(member.value)
    return value.isNone ? nil : value
  }

  mutating func text(_ key: String) throws(TemplateError) -> TemplateText? {
    guard let value = try value(key) else { return nil }
    guard let text = value.text else { throw wrong(key, value.line, "must be a text") }
    return text
  }

  /// A text that has to be known before anything is served.
  mutating func string(_ key: String) throws(TemplateError) -> String? {
    guard let text = try text(key) else { return nil }
    guard let plain = text.plain else { throw wrong(key, text.line, "must not depend on a resource") }
    return plain
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(TemplateError) -> Int? {
    guard let text = try text(key) else { return nil }
    guard let number = text.plain.flatMap({ Int($0) }), range.contains(number) else {
      throw wrong(key, text.line, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func boolean(_ key: String) throws(TemplateError) -> Bool? {
    guard let text = try text(key) else { return nil }
    switch text.plain?.lowercased() {
    case "true": return true
    case "false": return false
    default: throw wrong(key, text.line, "must be true or false")
    }
  }

  /// One of a few words.
  mutating func choice<Choice: CaseIterable & RawRepresentable>(
    _ key: String
  ) throws(TemplateError) -> Choice? where Choice.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let choice = text.plain.flatMap(Choice.init(rawValue:)) else {
      throw wrong(key, text.line, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }

  mutating func strings(_ key: String) throws(TemplateError) -> [String]? {
    guard let value = try value(key) else { return nil }
    guard case .list(let items) = value.content else { throw wrong(key, value.line, "must be a list") }
    var texts: [String] = []
    for item in items {
      guard let text = item.text?.plain else { throw wrong(key, item.line, "must be a list of texts") }
      texts.append(text)
    }
    return texts
  }

  /// A mapping inside this one, with a reader of its own; `Fn::If` may choose which one it is.
  mutating func nested(_ key: String) throws(TemplateError) -> PropertyReader? {
    guard let member = node(key), let value = try context.intrinsics.chosen(member.value) else { return nil }
    return try PropertyReader(value, path: "\(path).\(key)", line: member.line, context: context)
  }

  /// What is told of a function and changes nothing here: where it cannot be worked out, that is told, and it is left
  /// out.
  mutating func remark<Value>(_ key: String, _ read: (TemplateValue) -> Value?) -> Value? {
    guard let member = node(key) else { return nil }
    let value = try? context.intrinsics.resolve(member.value)
    if let value, value.isNone { return nil }
    guard let known = value.flatMap(read) else {
      context.warn(member.line, "\(path).\(key) is ignored: it cannot be worked out locally")
      return nil
    }
    return known
  }

  /// Properties that mean nothing on one machine.
  mutating func ignore(_ keys: String...) {
    for key in keys { _ = node(key) }
  }

  /// A property that is left out here, harmlessly; the reader of the warning is told what that means.
  mutating func warn(_ key: String, _ meaning: String) {
    if let member = node(key) { context.warn(member.line, "\(path).\(key) is ignored: \(meaning)") }
  }

  /// Says what is different here about a property that was read.
  func note(_ key: String, _ meaning: String) { context.warn(line, "\(path).\(key): \(meaning)") }

  /// A property that would change what the program does, and cannot be done here.
  mutating func refuse(_ key: String, _ why: String, _ advice: String) throws(TemplateError) {
    guard let member = node(key) else { return }
    throw TemplateError(file: context.file, line: member.line, what: "\(path).\(key) \(why)", advice: advice)
  }

  /// Whatever is left is not known, and named.
  func finish() throws(TemplateError) {
    guard let unknown = members.first else { return }
    let near = Suggestion.nearest(to: unknown.key, in: known)
    throw TemplateError(
      file: context.file, line: unknown.line, what: "\(path).\(unknown.key) is not supported",
      advice: near.map { "Did you mean \($0)?" } ?? "Remove it, or run this part on AWS")
  }

  func wrong(_ key: String, _ line: Int, _ why: String) -> TemplateError {
    TemplateError(file: context.file, line: line, what: "\(path).\(key) \(why)", advice: "Correct it")
  }
}
