/// A function's `LoggingConfig`: what its runtime and SDKs are told of its log. The log itself is the same here.
///
/// See [LoggingConfig](https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html).
public struct LoggingConfiguration: Hashable, Sendable {
  /// How a log is written.
  public enum Format: String, CaseIterable, Sendable {
    /// In lines of text.
    case text = "Text"
    /// In a JSON object a line.
    case json = "JSON"
  }

  /// From which level on a function logs.
  public enum ApplicationLevel: String, CaseIterable, Sendable {
    case trace = "TRACE"
    case debug = "DEBUG"
    case info = "INFO"
    case warn = "WARN"
    case error = "ERROR"
    case fatal = "FATAL"
  }

  /// From which level on Lambda logs.
  public enum SystemLevel: String, CaseIterable, Sendable {
    case debug = "DEBUG"
    case info = "INFO"
    case warn = "WARN"
  }

  /// Nil: as Lambda does, JSON on managed instances and text elsewhere.
  public var format: Format?
  /// Nil: `INFO`. Only JSON has levels.
  public var applicationLevel: ApplicationLevel?
  /// Nil: `INFO`. Only JSON has levels.
  public var systemLevel: SystemLevel?
  /// The log group's name; nil: `/aws/lambda/` and the function's name.
  public var group: String?

  /// Lambda's defaults, until something else is said.
  public init() {}
}

extension LoggingConfiguration {
  /// Reads `LoggingConfig`. A log group of the template is there by its logical id.
  init(_ function: inout PropertyReader, isManaged: Bool) throws(TemplateError) {
    self.init()
    guard var properties = try function.nested("LoggingConfig") else { return }
    format = try properties.choice("LogFormat")
    applicationLevel = try properties.choice("ApplicationLogLevel")
    systemLevel = try properties.choice("SystemLogLevel")
    group = properties.remark("LogGroup") { (value: TemplateValue) -> String? in
      guard let text = value.text else { return nil }
      if case .resource(let name, attribute: nil) = text.segments.first, text.segments.count == 1 { return name }
      return text.plain
    }
    try properties.finish()
    if format(isManaged: isManaged) == .text, applicationLevel != nil || systemLevel != nil {
      properties.note("LogFormat", "levels count with JSON only, and AWS refuses them with Text")
    }
  }

  /// How a log is written for which nobody says: on managed instances there is JSON only.
  func format(isManaged: Bool) -> Format { format ?? (isManaged ? .json : .text) }
}

extension FunctionConfiguration {
  /// How its log is written.
  var logFormat: LoggingConfiguration.Format { logging.format(isManaged: isManaged) }
  /// From which level on it logs, where that counts.
  var applicationLogLevel: LoggingConfiguration.ApplicationLevel? {
    logFormat == .json ? logging.applicationLevel ?? .info : nil
  }
  /// From which level on Lambda logs, where that counts.
  var systemLogLevel: LoggingConfiguration.SystemLevel? {
    logFormat == .json ? logging.systemLevel ?? .info : nil
  }
  /// Where its log goes.
  var logGroup: String { logging.group ?? "/aws/lambda/\(name)" }
}
