import Testing

@testable import LocalLambda

@Suite("Percent-encoding")
struct PercentDecodingTests {
  @Test("is decoded for every byte, in both cases of hexadecimal digits")
  func everyASCIIByte() {
    let digits = Array("0123456789abcdef")
    let upper = Array("0123456789ABCDEF")
    for byte in UInt8(0)..<128 {
      let (high, low) = (Int(byte >> 4), Int(byte & 15))
      let expected = String(UnicodeScalar(byte))
      #expect(PercentDecoding.decode("%\(digits[high])\(digits[low])") == expected)
      #expect(PercentDecoding.decode("%\(upper[high])\(upper[low])") == expected)
    }
  }

  @Test(
    "makes text of UTF-8, and leaves alone what is not valid",
    arguments: [
      ("gr%C3%BC%c3%9fe", "grüße"), ("a%20b+c", "a b+c"), ("100%", "100%"), ("%zz%2", "%zz%2"), ("%FF", "%FF"),
      ("plain", "plain"),
    ])
  func text(encoded: String, decoded: String) {
    #expect(PercentDecoding.decode(encoded) == decoded)
  }

  @Test("can be told to be no text of UTF-8")
  func noText() {
    #expect(PercentDecoding.text("gr%C3%BC+%zz".utf8, plusIsSpace: true) == "grü %zz")
    #expect(PercentDecoding.text("gr%C3%BC+%zz".utf8, plusIsSpace: false) == "grü+%zz")
    #expect(PercentDecoding.text("x%FFy".utf8, plusIsSpace: true) == nil)
    #expect(PercentDecoding.text([0x78, 0xC3] as [UInt8], plusIsSpace: true) == nil)
  }

  @Test("of a query's names and values, where a plus is a space")
  func query() {
    let pairs = QueryString.pairs("Qualifier=%24LATEST&a+b=c%2Bd&flag&=x&e=1=2")
    #expect(pairs.map(\.name) == ["Qualifier", "a b", "flag", "", "e"])
    #expect(pairs.map(\.value) == ["$LATEST", "c+d", "", "x", "1=2"])
  }
}
