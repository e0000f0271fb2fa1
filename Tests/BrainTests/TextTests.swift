import ConversationAPI
import HTTPClient
import Testing

@testable import Brain

@Suite struct TextTests {
  @Test func cleanedTextHasNoZeroAndFits() {
    #expect("  a\0b \n".cleaned(limit: 10) == "ab")
    #expect("\0\0".cleaned(limit: 10) == "")
    #expect("abcdef".cleaned(limit: 4) == "abc…")
    #expect("äöü".cleaned(limit: 3) == "äöü")
  }

  @Test func longTextIsShortenedInTheMiddle() {
    let text = String(repeating: "a", count: 100) + String(repeating: "é", count: 100)
    let short = text.shortened(toBytes: 40)
    #expect(short.hasPrefix("aaaaaaaaaaaaaaaaaaaa […] éééééééééé"))
    #expect(short.utf8.count <= 50)
    #expect("short".shortened(toBytes: 5) == "short")
  }

  @Test func longTextIsCutIntoPartsBetweenWords() {
    let text = (0..<40).map { "word\($0)" }.joined(separator: " ")
    var parts: [String] = []
    var offset: Int? = 0
    while let from = offset {
      let (part, next) = text.part(from: from, bytes: 50)
      parts.append(part)
      offset = next
    }
    #expect(parts.count > 4)
    #expect(parts.joined() == text)
    #expect(parts.allSatisfy { $0.utf8.count <= 50 })
    #expect(parts.dropLast().allSatisfy { $0.hasSuffix(" ") })
    // Where there are no words it is cut anywhere, but in no character; and one character always fits.
    #expect("ééé".part(from: 0, bytes: 3) == ("é", 2))
    #expect("👩‍👩‍👧x".part(from: 0, bytes: 4) == ("👩‍👩‍👧", 18))
    #expect("abc".part(from: 9, bytes: 4) == ("", nil))
  }

  private static let times: [(Int64, String)] = [
    (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
    (1_772_442_306_999, "2026-03-02T09:05:06Z"), (4_107_542_399_000, "2100-02-28T23:59:59Z"),
  ]

  @Test(arguments: times)
  func rfc3339(milliseconds: Int64, text: String) {
    #expect(Timestamp.rfc3339(milliseconds) == text)
  }

  @Test func httpDates() {
    #expect(Timestamp.seconds(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
    #expect(Timestamp.seconds(httpDate: "Thu, 01 Jan 1970 00:00:00 GMT") == 0)
    for wrong in ["", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8 GMT"] {
      #expect(Timestamp.seconds(httpDate: wrong) == nil)
    }
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "tomorrow", "2026-01-01T", "", "２０２６-01"])
  func notDates(text: String) {
    #expect(!Timestamp.isDate(text))
  }

  @Test(arguments: ["2026-03-02", "2024-02-29", "2000-02-29", "9999-12-31"])
  func dates(text: String) {
    #expect(Timestamp.isDate(text))
  }

  private static let waits: [(HTTPClientHeaders, Duration?)] = [
    (["Retry-After": "3"], .seconds(3)), (["retry-after-ms": "250", "Retry-After": "3"], .milliseconds(250)),
    (["Retry-After": "Thu, 01 Jan 1970 00:01:40 GMT"], .seconds(40)),
    (["Retry-After": "Thu, 01 Jan 1970 00:00:10 GMT"], .zero), (["Retry-After": "later"], nil),
    (["Retry-After": "-1"], nil), ([:], nil),
  ]

  @Test(arguments: waits)
  func retryAfter(headers: HTTPClientHeaders, wait: Duration?) {
    #expect(RetryDelay.asked(by: headers, now: 60) == wait)
  }
}

@Suite struct TranscriptTests {
  private func messages(_ lengths: Int...) -> [Message] {
    lengths.enumerated().map { index, length in
      Message(
        id: Int64(index + 1), role: .user, content: String(repeating: "x", count: length),
        createdAt: "2026-03-02T09:00:00Z")
    }
  }

  @Test func windowTakesWhatFits() {
    // Each costs 300 / 3 + 1 + 25 tokens.
    let messages = messages(300, 300, 300, 300)
    #expect(Transcript.window(of: messages[...], tokens: 252, maximumMessages: 10) == 2)
    #expect(Transcript.window(of: messages[...], tokens: 251, maximumMessages: 10) == 1)
    #expect(Transcript.window(of: messages[2...], tokens: 10_000, maximumMessages: 10) == 2)
    #expect(Transcript.window(of: messages[...], tokens: 10_000, maximumMessages: 3) == 3)
  }

  @Test func oneMessageAlwaysFits() {
    #expect(Transcript.window(of: messages(1_000_000, 1)[...], tokens: 100, maximumMessages: 10) == 1)
    #expect(Transcript.newest(of: messages(1, 1_000_000)[...], tokens: 100).map(\.id) == [2])
  }

  @Test func newestComeLast() {
    #expect(Transcript.newest(of: messages(300, 300, 300)[...], tokens: 260).map(\.id) == [2, 3])
    #expect(Transcript.newest(of: messages()[...], tokens: 260).isEmpty)
  }
}
