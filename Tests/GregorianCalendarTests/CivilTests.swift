import GregorianCalendar
import Testing

@Suite struct CivilTests {
  @Test(arguments: [
    (1970, 1, 1, 0), (2000, 2, 29, 11_016), (2026, 3, 2, 20_514), (1969, 12, 31, -1), (2100, 3, 1, 47_541),
    (1600, 2, 29, -135_081), (0, 3, 1, -719_468), (-1, 12, 31, -719_529), (9999, 12, 31, 2_932_896),
  ])
  func daysAreCounted(_ year: Int, _ month: Int, _ day: Int, _ number: Int) throws {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    #expect(date.dayNumber == number)
    #expect(CivilDate(dayNumber: number) == date)
    #expect([date.year, date.month, date.day] == [year, month, day])
  }

  @Test func oneDayFollowsTheOther() throws {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var number = try #require(CivilDate(year: 1890, month: 1, day: 1)).dayNumber
    for year in 1890...2110 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for month in 1...12 {
        for day in 1...(lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)) {
          let date = CivilDate(dayNumber: number)
          guard (date.year, date.month, date.day) == (year, month, day) else {
            Issue.record("day \(number) is \(date), not \(year)-\(month)-\(day)")
            return
          }
          #expect(CivilDate(year: year, month: month, day: day)?.dayNumber == number)
          number += 1
        }
      }
    }
  }

  @Test(arguments: [
    (2026, 2, 29), (2026, 2, 31), (2100, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0),
    (2026, 1, 32), (.max, 1, 1), (.min, 1, 1),
  ])
  func whatTheCalendarHasNotIsNoDate(_ year: Int, _ month: Int, _ day: Int) {
    #expect(CivilDate(year: year, month: month, day: day) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (1_772_442_005_068, "2026-03-02T09:00:05.068Z"), (-86_400_000, "1969-12-31T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ])
  func aMomentIsWrittenAsRFC3339HasIt(_ milliseconds: Int64, _ text: String) {
    #expect(CivilTime.text(milliseconds: milliseconds) == text)
    #expect(CivilTime.text(milliseconds: milliseconds, zone: "+0000") == text.dropLast() + "+0000")
    #expect(CivilTime.text(microseconds: milliseconds * 1000) == text.dropLast() + "000Z")
  }

  @Test func daysAreInOrder() throws {
    let first = try #require(CivilDate(year: 1999, month: 12, day: 31))
    let second = try #require(CivilDate(year: 2000, month: 1, day: 1))
    #expect(first < second)
    #expect(!(second < first))
    #expect("\(first) \(second)" == "1999-12-31 2000-01-01")
    #expect(CivilDate(year: 123_456, month: 7, day: 8)?.description == "123456-07-08")
  }
}
