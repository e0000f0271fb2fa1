/// Why a private PostgreSQL could not be started, and what to do about it.
public struct PrivatePostgreSQLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The ways in which it fails.
  public enum Kind: Sendable, Hashable {
    /// PostgreSQL's programs were not found.
    case notInstalled
    /// Another server works on the same folder.
    case inUse(processID: Int32)
    /// The folder's data was written by another major version.
    case otherVersion
    /// The folder's data belongs to another user.
    case otherOwner
    /// The folder cannot be made or used.
    case badFolder
    /// The server, or the making of its data folder, failed.
    case couldNotStart
  }

  /// The way it failed.
  public var kind: Kind
  /// What was wrong, where, and what to do.
  public var description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
