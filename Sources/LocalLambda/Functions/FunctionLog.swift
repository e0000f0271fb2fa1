/// A line of a function's log.
public struct FunctionLogLine: Sendable, Hashable {
  /// Who wrote it.
  public enum Source: Sendable, Hashable {
    /// The function, on standard output or standard error.
    case function
    /// An external extension, by name.
    case `extension`(String)
    /// The emulator, about the function: a time-out, a crash, a program that cannot be started.
    case emulator
  }

  /// The function's name.
  public var function: String
  /// The invocation that was running, if one was.
  public var requestID: String?
  /// Who wrote it.
  public var source: Source
  /// The line, without its end.
  public var text: String

  /// A line.
  public init(function: String, requestID: String?, source: Source, text: String) {
    self.function = function
    self.requestID = requestID
    self.source = source
    self.text = text
  }
}

/// Where the functions' log lines go; called on the event loop, in order, and must not block.
public typealias FunctionLogSink = @Sendable (FunctionLogLine) -> Void
