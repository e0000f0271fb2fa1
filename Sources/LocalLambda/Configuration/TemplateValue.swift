/// A node of a template with its functions worked out.
struct TemplateValue: Sendable {
  struct Member: Sendable {
    var key: String
    var line: Int
    var value: TemplateValue
  }

  indirect enum Content: Sendable {
    /// Nothing was written, or `AWS::NoValue`.
    case none
    case text(TemplateText)
    case list([TemplateValue])
    case map([Member])
  }

  var line: Int
  var content: Content

  var text: TemplateText? {
    if case .text(let text) = content { text } else { nil }
  }

  var isNone: Bool {
    if case .none = content { true } else { false }
  }
}
