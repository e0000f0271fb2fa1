/// How API Gateway presents requests to a function, and reads its answers.
public enum PayloadFormat: String, Sendable, Hashable {
  /// The REST API's shape: lists beside single values, and answers that have to be complete.
  case version1 = "1.0"
  /// Single values, cookies apart, and answers that are completed when they are not.
  case version2 = "2.0"
}

/// An HTTP API, its routes aside.
public struct HTTPAPIConfiguration: Sendable, Hashable {
  /// What events say of it, and `!Ref` comes to.
  public var id = "local"
  /// The stage; any but `$default` is the first part of every path.
  public var stage = "$default"
  /// What every event gets as `stageVariables`.
  public var stageVariables: [String: String] = [:]
  /// Who of other origins is let in; nil leaves that to the functions.
  public var cors: CORSConfiguration?

  /// An API with one stage and no CORS.
  public init() {}

  /// The path that the stage is served at: empty, or `/stage`.
  public var basePath: String { stage == "$default" ? "" : "/\(stage)" }
}

/// A function's own address.
public struct FunctionURLConfiguration: Sendable, Hashable {
  /// How a function's answer reaches the caller.
  public enum InvokeMode: String, Sendable, Hashable {
    /// As a whole.
    case buffered = "BUFFERED"
    /// As it comes: it is the body, with a status and header fields of its own only where it has a prelude.
    case responseStream = "RESPONSE_STREAM"
  }

  /// Who may call a function URL.
  public enum AuthType: String, Sendable, Hashable {
    /// Everybody.
    case none = "NONE"
    /// Whoever signs the request; the signature itself is not checked.
    case iam = "AWS_IAM"
  }

  /// Who may call it.
  public var authType = AuthType.none
  /// How answers are sent.
  public var invokeMode = InvokeMode.buffered
  /// Who of other origins is let in; nil leaves that to the function.
  public var cors: CORSConfiguration?

  /// A function URL that buffers.
  public init() {}
}
