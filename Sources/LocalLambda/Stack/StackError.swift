/// Why a stack cannot start, or cannot go on.
public struct StackError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is: each is another exit code of `lambda-local`.
  public enum Kind: Sendable {
    /// A setting is wrong.
    case configuration
    /// Something that is needed is not there: a program, a port, PostgreSQL.
    case unavailable
    /// It started, and then something broke.
    case failed
  }

  /// What kind of trouble it is.
  public var kind: Kind
  /// What is wrong, where, and what to do.
  public var message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ error: TemplateError) { self.init(.configuration, error.description) }

  /// The message.
  public var description: String { message }
}
