import JSON

/// Writes an action's answer in either protocol, straight into bytes.
///
/// A member is named as in the JSON protocol; where XML spells a list's or map's elements differently, by both names.
struct ActionOutput {
  enum Format: Sendable {
    case json
    case xml
  }

  let format: Format
  /// What comes before a queue's name in its URL.
  private let queueURLPrefix: String
  private(set) var bytes: [UInt8] = []
  /// A member of the structure being written needs a comma before it.
  private var needsComma = false

  init(_ format: Format, queueURLPrefix: String) {
    self.format = format
    self.queueURLPrefix = queueURLPrefix
  }

  /// A queue's URL on the host that the caller spoke to.
  func url(ofQueue name: String) -> String { queueURLPrefix + name }

  /// Writes a text; nothing when there is none.
  mutating func string(_ name: String, _ value: String?) {
    guard let value else { return }
    switch format {
    case .json:
      key(name)
      JSONValue.string(value).write(to: &bytes)
    case .xml: element(name) { $0.text(value) }
    }
  }

  mutating func bool(_ name: String, _ value: Bool) {
    switch format {
    case .json:
      key(name)
      raw(value ? "true" : "false")
    case .xml: element(name) { $0.raw(value ? "true" : "false") }
    }
  }

  /// Writes a list of texts; nothing when it is empty.
  mutating func strings(_ name: String, xml: String, _ values: [String]) {
    guard !values.isEmpty else { return }
    switch format {
    case .json:
      list(name, values) { value, output in JSONValue.string(value).write(to: &output.bytes) }
    case .xml:
      for value in values { element(xml) { $0.text(value) } }
    }
  }

  /// Writes a map of texts, sorted by its keys; nothing when it is empty.
  mutating func map(_ name: String, xml: String, key keyName: String = "Name", _ map: [String: String]) {
    namedValues(name, xml: xml, key: keyName, map.sorted { $0.key < $1.key }) { value, output in
      switch output.format {
      case .json: JSONValue.string(value).write(to: &output.bytes)
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

  /// Writes a list of structures; nothing when it is empty.
  mutating func structures<Item>(
    _ name: String, xml: String, _ items: [Item], _ write: (Item, inout ActionOutput) -> Void
  ) {
    guard !items.isEmpty else { return }
    switch format {
    case .json: list(name, items) { item, output in output.structure { write(item, &$0) } }
    case .xml:
      for item in items { element(xml) { write(item, &$0) } }
    }
  }

  /// Writes one structure: in JSON between braces.
  mutating func structure(_ write: (inout ActionOutput) -> Void) {
    guard format == .json else { return write(&self) }
    let outer = needsComma
    needsComma = false
    raw("{")
    write(&self)
    raw("}")
    needsComma = outer
  }

  /// Writes an XML element.
  mutating func element(_ name: String, attributes: String = "", _ write: (inout ActionOutput) -> Void) {
    raw("<")
    raw(name)
    raw(attributes)
    raw(">")
    write(&self)
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
          output.key(name)
          write(value, &output)
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

  private mutating func list<Item>(
    _ name: String, _ items: [Item], _ write: (Item, inout ActionOutput) -> Void
  ) {
    key(name)
    raw("[")
    for (index, item) in items.enumerated() {
      if index > 0 { raw(",") }
      write(item, &self)
    }
    raw("]")
  }

  private mutating func key(_ name: String) {
    if needsComma { raw(",") }
    needsComma = true
    JSONValue.string(name).write(to: &bytes)
    raw(":")
  }

  private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Writes escaped XML text; a bare carriage return would be read as a line feed.
  private mutating func text(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): raw("&amp;")
      case UInt8(ascii: "<"): raw("&lt;")
      case UInt8(ascii: ">"): raw("&gt;")
      case UInt8(ascii: "\""): raw("&quot;")
      case UInt8(ascii: "\r"): raw("&#xD;")
      default: bytes.append(byte)
      }
    }
  }
}
