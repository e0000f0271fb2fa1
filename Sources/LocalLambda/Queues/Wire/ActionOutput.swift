import JSON

/// Writes an action's answer in either protocol, straight into bytes.
///
/// A member is named as in the JSON protocol; where XML spells a list's or map's elements differently, by both names.
struct ActionOutput {
  enum Format: Sendable {
    /// The JSON protocol's.
    case json
    /// The query protocol's.
    case xml
    /// The query protocol's for callers who accept JSON: the structure of the XML, with maps as lists of pairs.
    case queryJSON
  }

  let format: Format
  /// Where the caller is told that queues are.
  let urls: QueueURLs
  private var writer = JSONWriter(capacity: 512)
  /// A member of the structure being written needs a comma before it.
  private var needsComma = false
  /// The start tag of an XML element is written but for its end: with nothing in the element it is an empty one's.
  private var isTagOpen = false

  /// What was written so far.
  var bytes: [UInt8] { writer.bytes }

  init(_ format: Format, urls: QueueURLs) {
    self.format = format
    self.urls = urls
  }

  /// Writes a text; nothing when there is none.
  mutating func string(_ name: String, _ value: String?) {
    guard let value else { return }
    switch format {
    case .json, .queryJSON:
      key(name)
      writer.string(value)
    case .xml: element(name) { $0.text(value) }
    }
  }

  /// Writes an id or a digest; nothing when there is none.
  mutating func string(_ name: String, _ value: (some HexadecimalText)?) {
    guard let value else { return }
    switch format {
    case .json, .queryJSON:
      key(name)
      value.withUTF8 { writer.string(plain: $0) }
    case .xml: element(name) { $0.text(value.description) }
    }
  }

  /// Writes a whole number; nothing when there is none.
  mutating func integer(_ name: String, _ value: Int?) {
    guard let value else { return }
    switch format {
    case .json, .queryJSON:
      key(name)
      raw(String(value))
    case .xml: element(name) { $0.raw(String(value)) }
    }
  }

  mutating func bool(_ name: String, _ value: Bool) {
    switch format {
    case .json, .queryJSON:
      key(name)
      raw(value ? "true" : "false")
    case .xml: element(name) { $0.raw(value ? "true" : "false") }
    }
  }

  /// Writes a list of texts; nothing when it is empty.
  mutating func strings(_ name: String, xml: String, _ values: [String]) {
    guard !values.isEmpty else { return }
    switch format {
    case .json, .queryJSON:
      let name = format == .queryJSON ? Self.lowercasedFirst(name) : name
      list(name, values.count) { index, output in output.writer.string(values[index]) }
    case .xml:
      for value in values { element(xml) { $0.text(value) } }
    }
  }

  /// Writes a map of texts, sorted by its keys; nothing when it is empty.
  mutating func map(_ name: String, xml: String, key keyName: String = "Name", _ map: [String: String]) {
    namedValues(name, xml: xml, key: keyName, map.sorted { $0.key < $1.key }) { value, output in
      switch output.format {
      case .json, .queryJSON: output.writer.string(value)
      case .xml: output.text(value)
      }
    }
  }

  /// Writes message attributes; nothing when there are none.
  mutating func attributes(_ name: String, xml: String, _ attributes: [String: MessageAttribute]) {
    namedValues(name, xml: xml, key: "Name", attributes.sorted { $0.key < $1.key }) { attribute, output in
      output.structure { output in
        switch attribute.value {
        case .string: output.string("StringValue", attribute.text)
        case .binary: output.string("BinaryValue", attribute.text)
        }
        output.string("DataType", attribute.dataType)
      }
    }
  }

  /// Writes a list of structures, each by its index; nothing when it is empty.
  mutating func structures(
    _ name: String, xml: String, count: Int, _ write: (_ index: Int, inout ActionOutput) -> Void
  ) {
    guard count > 0 else { return }
    switch format {
    case .json, .queryJSON:
      list(format == .queryJSON ? Self.lowercasedFirst(name) : name, count) { index, output in
        output.structure { write(index, &$0) }
      }
    case .xml:
      for index in 0..<count { element(xml) { write(index, &$0) } }
    }
  }

  /// Writes one structure: in JSON between braces.
  mutating func structure(_ write: (inout ActionOutput) -> Void) {
    guard format != .xml else { return write(&self) }
    let outer = needsComma
    needsComma = false
    writer.raw(UInt8(ascii: "{"))
    write(&self)
    writer.raw(UInt8(ascii: "}"))
    needsComma = outer
  }

  /// Writes the whole document of the query protocol.
  mutating func document(_ name: String, _ write: (inout ActionOutput) -> Void) {
    switch format {
    case .xml:
      raw("<?xml version=\"1.0\"?>")
      element(name, attributes: " xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"", write)
    case .json: structure(write)
    case .queryJSON: structure { $0.member(name, write) }
    }
  }

  /// Writes an XML element; one with nothing in it as `<ReceiveMessageResult/>`, as AWS does.
  private mutating func element(_ name: String, attributes: String = "", _ write: (inout ActionOutput) -> Void) {
    raw("<")
    raw(name)
    raw(attributes)
    isTagOpen = true
    write(&self)
    guard !isTagOpen else {
      isTagOpen = false
      return raw("/>")
    }
    raw("</")
    raw(name)
    raw(">")
  }

  private mutating func namedValues<Value>(
    _ name: String, xml: String, key keyName: String, _ entries: [(key: String, value: Value)],
    _ write: (Value, inout ActionOutput) -> Void
  ) {
    guard !entries.isEmpty else { return }
    switch format {
    case .json:
      key(name)
      structure { output in
        for (name, value) in entries {
          output.comma()
          output.writer.name(name)
          write(value, &output)
        }
      }
    case .queryJSON:
      list(name, entries.count) { index, output in
        output.structure { output in
          output.string(keyName, entries[index].key)
          output.key("Value")
          write(entries[index].value, &output)
        }
      }
    case .xml:
      for (name, value) in entries {
        element(xml) { output in
          output.element(keyName) { $0.text(name) }
          output.element("Value") { write(value, &$0) }
        }
      }
    }
  }

  private mutating func list(_ name: String, _ count: Int, _ write: (_ index: Int, inout ActionOutput) -> Void) {
    key(name)
    writer.raw(UInt8(ascii: "["))
    for index in 0..<count {
      if index > 0 { writer.raw(UInt8(ascii: ",")) }
      write(index, &self)
    }
    writer.raw(UInt8(ascii: "]"))
  }

  /// As AWS names lists in the query protocol's JSON.
  private static func lowercasedFirst(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }

  /// Writes a named structure of its own: in JSON a member, in XML an element.
  mutating func member(_ name: String, _ write: (inout ActionOutput) -> Void) {
    guard format != .xml else { return element(name, write) }
    key(name)
    structure(write)
  }

  /// Writes the name of a member, one of SQS's own, which need no escapes.
  private mutating func key(_ name: String) {
    comma()
    writer.name(plain: name)
  }

  /// Writes a comma, unless the structure's first member comes next.
  private mutating func comma() {
    if needsComma { writer.raw(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func raw(_ text: String) {
    endTag()
    writer.raw(text)
  }

  private mutating func endTag() {
    guard isTagOpen else { return }
    isTagOpen = false
    writer.raw(">")
  }

  /// Writes escaped XML text; a bare carriage return would be read as a line feed.
  private mutating func text(_ text: String) {
    endTag()
    let text = Self.readable(text)
    var rest = text.utf8[...]
    while let place = rest.firstIndex(where: { Self.xmlEscape(of: $0) != nil }) {
      writer.raw(rest[..<place])
      raw(Self.xmlEscape(of: rest[place]) ?? "")
      rest = rest[place...].dropFirst()
    }
    writer.raw(rest)
  }

  /// The text, with U+FFFD for what XML 1.0 cannot hold in any way: an error may quote whatever it was sent.
  private static func readable(_ text: String) -> String {
    guard !OutgoingMessage.isAllowed(text) else { return text }
    let scalars = text.unicodeScalars.map { OutgoingMessage.isAllowed(String($0)) ? $0 : "\u{FFFD}" }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func xmlEscape(of byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "\r"): "&#xD;"
    default: nil
    }
  }
}
