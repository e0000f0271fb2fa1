/// A second of a day, in UTC.
public struct CivilTime: Sendable, Hashable, CustomStringConvertible {
  /// The day.
  public let date: CivilDate
  /// Of the day, 0 to 86,399.
  public let secondOfDay: Int

  /// The second so many seconds after 1970 began; leap seconds are not counted.
  public init(secondsSince1970 seconds: Int64) {
    let (day, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    date = CivilDate(dayNumber: Int(second < 0 ? day - 1 : day))
    secondOfDay = Int(second < 0 ? second + 86_400 : second)
  }

  /// `09:05:07`.
  public var clock: String {
    var text: [UInt8] = []
    text.appendClock(of: self)
    return String(decoding: text, as: UTF8.self)
  }

  /// `2026-03-06T09:05:07`, as RFC 3339 has it but for the zone.
  public var description: String { "\(date)T\(clock)" }

  /// `2026-03-06T09:05:07.068` of milliseconds since 1970, and a zone: what RFC 3339 calls UTC is `Z`.
  public static func text(milliseconds: Int64, zone: String = "Z") -> String {
    text(milliseconds, of: 1_000, digits: 3, zone: zone)
  }

  /// `2026-03-06T09:05:07.000068Z` of microseconds since 1970.
  public static func text(microseconds: Int64) -> String { text(microseconds, of: 1_000_000, digits: 6, zone: "Z") }

  private static func text(_ value: Int64, of unit: Int64, digits: Int, zone: String) -> String {
    let (seconds, rest) = value.quotientAndRemainder(dividingBy: unit)
    let time = CivilTime(secondsSince1970: rest < 0 ? seconds - 1 : seconds)
    var text: [UInt8] = []
    text.reserveCapacity(32)
    text.append(time.date)
    text.append(UInt8(ascii: "T"))
    text.appendClock(of: time)
    text.append(UInt8(ascii: "."))
    text.append(Int(rest < 0 ? rest + unit : rest), digits: digits)
    text.append(contentsOf: zone.utf8)
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  fileprivate mutating func appendClock(of time: CivilTime) {
    append(time.secondOfDay / 3600, digits: 2)
    append(UInt8(ascii: ":"))
    append(time.secondOfDay / 60 % 60, digits: 2)
    append(UInt8(ascii: ":"))
    append(time.secondOfDay % 60, digits: 2)
  }
}
