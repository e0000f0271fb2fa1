/// A text of a template after its parameters have been filled in. What names a resource of the same template stays
/// open, because its local address is only known once it is served.
public struct TemplateText: Hashable, Sendable {
  /// One part of the text.
  public enum Segment: Hashable, Sendable {
    case text(String)
    /// `!Ref Queue` (no attribute) or `!GetAtt Queue.Arn`.
    case resource(String, attribute: String?)
    /// Something that only AWS can know; the reason says which.
    case unknown(String)
  }

  /// The parts, in order.
  public var segments: [Segment]
  /// The line it is written on.
  public var line: Int

  /// A text of parts. Neighbouring plain parts become one, and empty ones are none.
  public init(_ segments: [Segment], line: Int) {
    self.line = line
    self.segments = []
    for segment in segments where segment != .text("") {
      if case .text(let next) = segment, case .text(let last) = self.segments.last {
        self.segments[self.segments.count - 1] = .text(last + next)
      } else {
        self.segments.append(segment)
      }
    }
  }

  /// Plain text.
  public init(_ text: String, line: Int) {
    self.init([.text(text)], line: line)
  }

  /// The text, when nothing in it is open.
  public var plain: String? {
    switch segments.first {
    case nil: ""
    case .text(let text) where segments.count == 1: text
    default: nil
    }
  }

  /// The logical ids of the resources it names.
  public var resources: [String] {
    segments.compactMap { if case .resource(let name, _) = $0 { name } else { nil } }
  }

  /// Whose ARN it is: the logical id in `!GetAtt Queue.Arn`, or an ARN that is written out; nil for anything else.
  var arnTarget: String? {
    if segments.count == 1, case .resource(let name, attribute: "Arn") = segments[0] { return name }
    return plain.flatMap { $0.hasPrefix("arn:") && $0.split(separator: ":").count > 5 ? $0 : nil }
  }
}
