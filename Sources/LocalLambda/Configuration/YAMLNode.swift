internal import CLibyaml

/// A node of a YAML document, as libyaml composes it: tags and lines kept, aliases followed.
struct YAMLNode: Sendable {
  indirect enum Content: Sendable {
    /// `isPlain`: written without quotes, so that it may stand for something other than text.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  /// Counted from 1.
  var line: Int
  /// As written, `!Ref` for instance; of a node without one it is YAML's own for its kind.
  var tag: String
  var content: Content
}

/// Why a text is not YAML.
struct YAMLError: Error {
  var line: Int?
  var problem: String
}

extension YAMLNode {
  /// The one document of a text; nil when there is none in it.
  static func parse(_ text: String) throws(YAMLError) -> YAMLNode? {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { throw YAMLError(problem: "there is no memory left") }
    defer { yaml_parser_delete(&parser) }
    let bytes = Array(withoutSurrogatePairs(text).utf8)
    let parsed = bytes.withUnsafeBufferPointer { input -> Result<YAMLNode?, YAMLError> in
      yaml_parser_set_input_string(&parser, input.baseAddress, input.count)
      return Result { () throws(YAMLError) in try onlyDocument(&parser) }
    }
    return try parsed.get()
  }

  private static func onlyDocument(_ parser: inout yaml_parser_t) throws(YAMLError) -> YAMLNode? {
    var document = try load(&parser)
    defer { yaml_document_delete(&document) }
    guard yaml_document_get_root_node(&document) != nil else { return nil }
    var rest = try load(&parser)
    defer { yaml_document_delete(&rest) }
    if let second = yaml_document_get_root_node(&rest) {
      throw YAMLError(line: second.pointee.line, problem: "a second document begins here")
    }
    var path: [Int32] = []
    return try node(1, of: &document, path: &path)
  }

  private static func load(_ parser: inout yaml_parser_t) throws(YAMLError) -> yaml_document_t {
    var document = yaml_document_t()
    guard yaml_parser_load(&parser, &document) == 1 else { throw YAMLError(parser) }
    return document
  }

  /// A node by its number, with what is below it; the path holds the numbers of the nodes above.
  private static func node(
    _ number: Int32, of document: inout yaml_document_t, path: inout [Int32]
  ) throws(YAMLError) -> YAMLNode {
    guard let found = yaml_document_get_node(&document, number)?.pointee else {
      throw YAMLError(problem: "a node is missing")
    }
    guard !path.contains(number) else { throw YAMLError(line: found.line, problem: "a node that contains itself") }
    path.append(number)
    defer { path.removeLast() }
    let content: Content
    switch found.type {
    case YAML_SCALAR_NODE:
      let scalar = found.data.scalar
      content = .scalar(
        String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self),
        isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
    case YAML_SEQUENCE_NODE:
      var items: [YAMLNode] = []
      var next = found.data.sequence.items.start
      while let item = next, item != found.data.sequence.items.top {
        items.append(try node(item.pointee, of: &document, path: &path))
        next = item + 1
      }
      content = .sequence(items)
    default:
      var pairs: [(key: YAMLNode, value: YAMLNode)] = []
      var next = found.data.mapping.pairs.start
      while let pair = next, pair != found.data.mapping.pairs.top {
        let key = try node(pair.pointee.key, of: &document, path: &path)
        pairs.append((key, try node(pair.pointee.value, of: &document, path: &path)))
        next = pair + 1
      }
      content = .mapping(pairs)
    }
    return YAMLNode(line: found.line, tag: found.tag.map { String(cString: $0) } ?? "", content: content)
  }
}

extension yaml_node_t {
  fileprivate var line: Int { Int(start_mark.line) + 1 }
}

extension YAMLError {
  fileprivate init(_ parser: yaml_parser_t) {
    problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
    // The reader of bytes knows no lines.
    line = parser.error == YAML_READER_ERROR ? nil : Int(parser.problem_mark.line) + 1
  }
}
