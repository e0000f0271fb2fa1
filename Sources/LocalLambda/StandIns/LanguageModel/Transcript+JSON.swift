internal import JSON

extension Transcript {
  /// The document between `<<<DATA tag` and `DATA tag>>>` of a prompt; nil when there is none.
  init?(prompt: String) {
    guard let document = Self.fenced(prompt), let json = try? JSONValue(parsing: document.utf8),
      let purpose = json["purpose"]?.stringValue.flatMap(Purpose.init)
    else { return nil }
    self.purpose = purpose
    summarySoFar = json["summary_so_far"]?.stringValue
    knownFacts = Self.known(json["known_facts"])
    knownOpenItems = Self.known(json["known_open_items"])
    earlier = Self.messages(json["earlier_messages"])
    messages = Self.messages(json["messages"])
    notes = Self.texts(json["notes"])
    answerTo = json["answer_to"]?.stringValue
  }

  private static func fenced(_ prompt: String) -> Substring? {
    guard let start = prompt.firstRange(ofText: "<<<DATA "),
      let lineEnd = prompt[start.upperBound...].firstIndex(where: \.isNewline)
    else { return nil }
    let tag = prompt[start.upperBound..<lineEnd].trimmed
    let body = prompt[prompt.index(after: lineEnd)...]
    guard let end = body.firstRange(ofText: "DATA \(tag)>>>") else { return nil }
    return body[..<end.lowerBound]
  }

  private static func known(_ list: JSONValue?) -> [Known] {
    (list?.arrayValue ?? []).compactMap { item in
      guard let ref = item["ref"]?.stringValue, let text = item["text"]?.stringValue else { return nil }
      return Known(ref: ref, kind: item["kind"]?.stringValue ?? "", text: text)
    }
  }

  private static func messages(_ list: JSONValue?) -> [Message] {
    (list?.arrayValue ?? []).compactMap { item in
      guard let role = item["role"]?.stringValue, let text = item["text"]?.stringValue else { return nil }
      return Message(ref: item["ref"]?.stringValue, role: role, at: item["at"]?.stringValue, text: text)
    }
  }

  /// The texts of a list of strings, or of objects with a `text` or a `summary`, or of lists of these.
  private static func texts(_ value: JSONValue?) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let items): items.flatMap { texts($0) }
    case .object(let object):
      if let text = object["text"]?.stringValue {
        [text]
      } else {
        object.flatMap { $0.value.stringValue == nil ? texts($0.value) : [] }
      }
    default: []
    }
  }
}
