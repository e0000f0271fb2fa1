import GregorianCalendar

/// A point in time as a signature writes it: `20150830T123600Z`.
public struct AWSDate: Sendable, Hashable {
  /// Date and time.
  public let text: String
  /// The date only, as in a credential's scope.
  var day: String { String(text.prefix(8)) }

  /// A point in time from the wall clock's seconds since 1970.
  public init(secondsSinceEpoch seconds: Int64) {
    text = CivilTime(secondsSince1970: seconds).description.filter { $0 != "-" && $0 != ":" } + "Z"
  }
}
