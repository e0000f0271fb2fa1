/// A template that cannot be run here: where, what, and what to do about it.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The template's path, as it was given.
  public var file: String
  /// The line the trouble starts on, counted from 1; nil when it is about the whole file.
  public var line: Int?
  /// What is wrong.
  public var what: String
  /// What to do.
  public var advice: String

  /// An error about one place of a template.
  public init(file: String, line: Int?, what: String, advice: String) {
    self.file = file
    self.line = line
    self.what = what
    self.advice = advice
  }

  /// `template.yaml:12: what is wrong. What to do.`
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return advice.isEmpty ? "\(place): \(what)." : "\(place): \(what). \(advice)."
  }
}

/// Something in a template that is not done here, and harmless.
public struct TemplateWarning: Hashable, Sendable, CustomStringConvertible {
  /// The template's path, as it was given.
  public var file: String
  /// The line it is on.
  public var line: Int
  /// What is ignored, and what that means.
  public var what: String

  /// `template.yaml:12: what is ignored.`
  public var description: String { "\(file):\(line): \(what)." }
}
