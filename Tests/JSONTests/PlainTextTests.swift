import JSON
import Testing

/// Eight bytes are looked at together: what matters may be any of them, before and behind a multiple of eight.
@Suite struct PlainTextTests {
  static let meaningful: [UInt8] = [0x00, 0x1F, UInt8(ascii: "\""), UInt8(ascii: "\\")]
  static let plain: [UInt8] = [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xA2, 0xDC, 0xFF]

  private func end(of bytes: [UInt8], from start: Int = 0) -> Int {
    bytes.withUnsafeBytes { $0.endOfPlainText(from: start) }
  }

  @Test(arguments: meaningful) func whatMeansSomethingIsFoundAtEachPlace(byte: UInt8) {
    for length in 1...25 {
      for place in 0..<length {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        bytes[place] = byte
        #expect(end(of: bytes) == place)
        #expect(end(of: bytes, from: place) == place)
        #expect(end(of: bytes, from: place + 1) == length)
      }
    }
  }

  @Test func theFirstOfSeveralIsFound() {
    for first in Self.meaningful {
      for second in Self.meaningful {
        #expect(end(of: Array("ab".utf8) + [first, second] + Array("cdefghij".utf8)) == 2)
        // What follows a small byte must not be taken for one, nor hide it.
        #expect(end(of: [0x20, first, 0x21, 0x20, second, 0x23, 0x80, 0x21]) == 1)
      }
    }
  }

  @Test(arguments: plain) func everythingElseIsPassed(byte: UInt8) {
    for length in 0...25 { #expect(end(of: [UInt8](repeating: byte, count: length)) == length) }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let pieces = ["", "a", "\"", "\\", "\n", "\u{1}", "\u{1F}", "é", "🎉", "plain text of some length", "\u{7F}", "/"]
    for first in pieces {
      for second in pieces {
        for gap in 0...9 {
          let text = first + String(repeating: "x", count: gap) + second + "end"
          let json = JSONValue.string(text).serializedBytes
          #expect(try JSONValue(parsing: json) == .string(text))
        }
      }
    }
  }

  @Test func onlyUTF8IsAString() {
    for invalid: [UInt8] in [[0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xFF]] {
      let json = Array("\"some text, ".utf8) + invalid + Array("more of it\"".utf8)
      #expect(throws: JSONParseError.self) { try JSONValue(parsing: json) }
    }
  }
}
