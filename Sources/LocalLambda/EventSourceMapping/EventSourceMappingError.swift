/// Why Lambda would not make an event source mapping, or change one.
struct EventSourceMappingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// AWS's own sentence, where there is one.
  let message: String
  /// What AWS does not say.
  var detail: String?
  /// There is such a mapping already.
  var isConflict = false

  /// The sentence, and what there is beside it.
  var description: String { detail.map { "\(message) \($0)" } ?? message }
}
