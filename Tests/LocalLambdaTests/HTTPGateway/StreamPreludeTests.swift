import NIOCore
import Testing

@testable import LocalLambda

@Suite struct StreamPreludeTests {
  static let metadata = #"{"statusCode":201,"headers":{"a":"b"}}"#
  static let stream = metadata + String(repeating: "\0", count: 8) + "\0body\0"

  /// What comes of a stream that is cut into chunks of one size.
  private func parse(_ bytes: [UInt8], chunk: Int) -> (metadata: String, body: String)? {
    var prelude = StreamPrelude()
    var index = 0
    while index < bytes.count {
      let end = min(index + chunk, bytes.count)
      switch prelude.take(ByteBuffer(bytes: bytes[index..<end])) {
      case .incomplete: index = end
      case .malformed: return nil
      case .complete(let metadata, let rest):
        return (String(buffer: metadata), String(buffer: rest) + String(decoding: bytes[end...], as: UTF8.self))
      }
    }
    return nil
  }

  @Test func endsAtEightNULsInAnyChunking() {
    let bytes = Array(Self.stream.utf8)
    for chunk in 1...bytes.count {
      let parsed = parse(bytes, chunk: chunk)
      #expect(parsed?.metadata == Self.metadata, "chunks of \(chunk)")
      #expect(parsed?.body == "\0body\0", "chunks of \(chunk)")
    }
  }

  @Test func goesOnWhileTheEndIsMissing() {
    var prelude = StreamPrelude()
    #expect(prelude.take(ByteBuffer(string: Self.metadata + "\0\0\0\0\0\0\0")) == .incomplete)
    #expect(prelude.take(ByteBuffer()) == .incomplete)
    #expect(
      prelude.take(ByteBuffer(string: "\0"))
        == .complete(metadata: ByteBuffer(string: Self.metadata + ""), rest: ByteBuffer()))
  }

  @Test func fewerThanEightNULsAreNoPrelude() {
    #expect(parse(Array("{}\0\0\0{}".utf8) + [UInt8](repeating: 0, count: 8), chunk: 2) == nil)
  }

  @Test func aPreludeWithoutEndIsGivenUp() {
    var prelude = StreamPrelude()
    let chunk = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 16)
    var steps: [StreamPrelude.Step] = []
    for _ in 0..<5 { steps.append(prelude.take(chunk)) }
    #expect(steps == [.incomplete, .incomplete, .incomplete, .incomplete, .malformed])
  }
}
