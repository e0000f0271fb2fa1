/// Why a folder of queues cannot be opened.
public struct QueueStorageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file or folder.
  public let path: String
  /// What is wrong with it, and what to do.
  public let reason: String

  /// The whole sentence.
  public var description: String { "\(path): \(reason)" }
}
