import Testing

@testable import LocalLambda

/// Digits that are made eight at a time.
@Suite struct HexTests {
  static let numbers: [UInt64] =
    [0, 9, 10, 15, 16, 0x9A, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 0xA0A0_A0A0_0909_0909, .max]
    + (0..<64).map { 1 << UInt64($0) }

  @Test(arguments: numbers) func anyNumberOfDigitsIsTheNumbersEnd(number: UInt64) {
    let digits = String(number, radix: 16)
    let all = String(repeating: "0", count: 16 - digits.count) + digits
    for length in 1...16 {
      #expect(Hex.text(length) { $0.append(number, digits: length) } == String(all.suffix(length)))
    }
    #expect(Hex.value(of: all.utf8) == number)
  }

  @Test func whatStandsBetweenKeepsItsPlace() {
    let text = Hex.text(20) { text in
      text.append("a=")
      text.append(0x0F, digits: 2)
      text.append(";")
      text.append(0x1234_5678, digits: 8)
    }
    #expect(text == "a=0f;12345678")
  }

  @Test func aUUIDIsReadAsItIsWritten() throws {
    let id = RandomUUID(high: 0x0123_4567_89AB_4DEF, low: 0x8000_0000_0000_00FF)
    #expect(id.description == "01234567-89ab-4def-8000-0000000000ff")
    #expect(RandomUUID(id.description) == id)
    for wrong in ["", "01234567-89ab-4def-8000-0000000000f", "01234567-89ab-4def-80000-000000000ff", "x"] {
      #expect(RandomUUID(wrong) == nil)
    }
  }

  @Test func aNewUUIDIsOfVersion4() {
    for _ in 0..<100 {
      let text = Array(RandomUUID.random().description)
      #expect(text.count == RandomUUID.length)
      #expect(text[14] == "4")
      #expect("89ab".contains(text[19]))
    }
  }

  @Test func bytesAndTextAreTheSame() {
    let handle = ReceiptHandle(queueTag: 0xDEAD_BEEF, sequence: 7, slot: 3, receive: .max)
    handle.withUTF8 { #expect(String(decoding: $0, as: UTF8.self) == handle.description) }
    #expect(ReceiptHandle(handle.description) == handle)
  }
}
