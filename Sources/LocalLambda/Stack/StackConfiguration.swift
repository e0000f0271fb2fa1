/// What a ``Stack`` is made from.
public struct StackConfiguration: Sendable {
  /// Where databases and queues are kept.
  public enum State: Sendable, Hashable {
    /// In this folder, from one start to the next.
    case directory(String)
    /// Nowhere: they are gone at the end.
    case temporary
  }

  /// The functions, queues and routes.
  public var template: Template
  /// The caller's environment: it wins over the template's values.
  public var environment: [String: String]
  /// The folder with the functions' programs, where the template's `CodeUri` has none.
  public var programDirectory: String
  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port of the first HTTP API, 0 for any free one, here and below; further ones have the ports behind it.
  public var httpPort = 0
  /// The port of the first function URL; further ones have the ports behind it.
  public var functionURLPort = 0
  /// The port of Lambda's APIs.
  public var lambdaPort = 0
  /// The queues' port.
  public var sqsPort = 0
  /// How long `Event` calls wait before they are tried again.
  public var asynchronousInvocations = AsynchronousInvocationPolicy()
  /// Where databases and queues are kept.
  public var state = State.temporary
  /// How the functions' environments are kept.
  public var environmentPolicy = EnvironmentPolicy()
  /// Start only this function, and what it needs; nil starts all.
  public var onlyFunction: String?
  /// Whether queues drive functions. Not for a single invocation: its messages stay where they are.
  public var runsQueueEvents = true

  /// A stack in throw-away state on free ports, until something else is said.
  public init(template: Template, environment: [String: String], programDirectory: String) {
    self.template = template
    self.environment = environment
    self.programDirectory = programDirectory
  }
}

/// What happens in a stack, for people to see.
public enum StackEvent: Sendable {
  /// A part is being started.
  case starting(String)
  /// A part is there: what it is, and where.
  case started(String, String)
  /// Something is left out, or unusual.
  case warning(String)
  /// A function printed a line.
  case function(FunctionLogLine)
  /// The model stand-in answered.
  case model(String)
}
