import JSON
import Testing

@testable import LocalLambda

/// Events have to be UTF-8, wherever in them a character stands.
@Suite struct PayloadEncodingTests {
  @Test(
    arguments: [
      ([0xFF], "start byte 0xff"), ([0x80], "start byte 0x80"), ([0xF5, 0x80, 0x80, 0x80], "start byte 0xf5"),
      // Cut off by what follows.
      ([0xC3], "middle byte 0x78"), ([0xE2, 0x82], "middle byte 0x78"), ([0xF0, 0x9F, 0x98], "middle byte 0x78"),
      // Longer than need be.
      ([0xC0, 0xAF], "start byte 0xc0"), ([0xC1, 0xBF], "start byte 0xc1"), ([0xE0, 0x9F, 0xBF], "middle byte 0x9f"),
      ([0xF0, 0x8F, 0xBF, 0xBF], "middle byte 0x8f"),
      // Halves of surrogate pairs, and what is beyond the last character.
      ([0xED, 0xA0, 0x80], "middle byte 0xa0"), ([0xED, 0xBF, 0xBF], "middle byte 0xbf"),
      ([0xF4, 0x90, 0x80, 0x80], "middle byte 0x90"),
    ] as [([UInt8], String)])
  func whatIsNotUTF8IsRefused(bytes: [UInt8], problem: String) async throws {
    try await EventFixture.run { fixture in
      // Bytes are looked at in words of eight.
      for length in 0..<17 {
        let text: [UInt8] = Array(String(repeating: "x", count: length).utf8) + bytes + Array("xxxxxxxx".utf8)
        let member: [UInt8] = Array("{".utf8) + Self.string(text) + Array(":1}".utf8)
        for event in [Self.string(text), member] {
          let response = try await Self.check(event, fixture)
          #expect(response.status == 400)
          #expect(response.header("x-amzn-errortype") == "InvalidRequestContentException")
          #expect(
            response.json?["message"]?.stringValue
              == "Could not parse request body into json: Could not parse payload into json: Invalid UTF-8 \(problem)")
        }
      }
    }
  }

  @Test(
    arguments: [
      ([0x87], "Invalid UTF-8 start byte 0x87"), ([0x22, 0xC3], "Unexpected end-of-input in a UTF-8 character"),
    ] as [([UInt8], String)])
  func whatIsNoTextAtAllIsRefusedAsSuch(event: [UInt8], problem: String) async throws {
    try await EventFixture.run { fixture in
      let response = try await Self.check(event, fixture)
      #expect(response.status == 400)
      #expect(response.json?["message"]?.stringValue?.hasSuffix("into json: \(problem)") == true)
    }
  }

  /// The first and the last character of each length, and those around the surrogates.
  @Test func allOfUnicodeIsTaken() async throws {
    let text = "\u{80}\u{7FF}a\u{800}\u{D7FF}\u{E000}\u{FFFF}ab\u{10000}\u{10FFFF}"
    try await EventFixture.run { fixture in
      for length in 0..<9 {
        let event = Self.string(Array(String(repeating: "x", count: length).utf8) + Array(text.utf8))
        #expect(try await Self.check(event, fixture).status == 204)
        let response = try await fixture.lambda.send(
          "POST", "/2015-03-31/functions/first/invocations", body: event)
        #expect(response.body == event)
      }
    }
  }

  /// Looks for quotes, backslashes and control characters at every place of a word, between characters of any kind.
  @Test(arguments: ["x", "\u{7F}", "ü", "€", "😀"])
  func whatMeansSomethingIsStillFound(neighbour: String) async throws {
    try await EventFixture.run { fixture in
      for length in 0..<10 {
        let before = Array(String(repeating: neighbour, count: length).utf8)
        let after = Array(String(repeating: neighbour, count: 9).utf8)
        for (found, status) in [(#"\""#, 204), (#"\u00e4"#, 204), (#"\x"#, 400), ("\u{1F}", 400), ("\"", 400)] {
          let response = try await Self.check(Self.string(before + Array(found.utf8) + after), fixture)
          #expect(response.status == status, "\(found) after \(length)")
        }
      }
    }
  }

  private static func string(_ text: [UInt8]) -> [UInt8] { [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")] }

  /// Has an event looked at, without a run of the function.
  private static func check(_ event: [UInt8], _ fixture: EventFixture) async throws -> OneShotClient.Response {
    try await fixture.lambda.send(
      "POST", "/2015-03-31/functions/first/invocations", headers: [("X-Amz-Invocation-Type", "DryRun")], body: event)
  }
}
