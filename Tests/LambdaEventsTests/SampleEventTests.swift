import ConversationAPI
import Foundation
import JSON
import LambdaEvents
import Testing

/// Every file of `events/` is what its service sends: it decodes, and nothing in it is left out by our types.
@Suite struct SampleEventTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "events")

  private static func files(of function: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: function).path)
    return (names ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  private static func bytes(_ function: String, _ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: function).appending(path: file)))
  }

  @Test func thereAreSamples() {
    #expect(Self.files(of: "backend").count >= 10)
    #expect(Self.files(of: "brain").count >= 5)
  }

  @Test(arguments: files(of: "backend"))
  func backend(file: String) throws {
    let bytes = try Self.bytes("backend", file)
    let event = try HTTPRequestEvent.decode(from: bytes)
    #expect(event.version == "2.0")
    #expect(event.requestContext.http.path == event.rawPath)
    #expect(try JSONValue(parsing: event.encoded()) == JSONValue(parsing: bytes))
    let body = try event.bodyBytes()
    #expect(event.headers["content-length"].flatMap { Int($0) } ?? 0 == body.count)
  }

  @Test(arguments: files(of: "brain"))
  func brain(file: String) throws {
    let bytes = try Self.bytes("brain", file)
    let event = try SQSEvent.decode(from: bytes)
    #expect(!event.records.isEmpty)
    #expect(try JSONValue(parsing: event.encoded()) == JSONValue(parsing: bytes))
    #expect(Set(event.records.map(\.messageId)).count == event.records.count)
    #expect(event.records.allSatisfy { $0.receiveCount != nil })
    if file.hasPrefix("fifo") {
      #expect(event.records.allSatisfy { $0.messageGroupID != nil && $0.attributes["SequenceNumber"] != nil })
    }
    #expect(event.records.allSatisfy { $0.isFIFO == file.hasPrefix("fifo") })
  }

  @Test func bodiesOfTheBrainsSamplesAreWhatTheirNamesSay() throws {
    func task(_ file: String, _ index: Int = 0) throws -> TaskMessage {
      try TaskMessage(parsing: SQSEvent.decode(from: Self.bytes("brain", file)).records[index].body)
    }
    #expect(try task("batch.json") == .generateMemoryBatch(conversationIDs: [1, 2, 3]))
    #expect(try task("batch-with-attributes.json") == .generateMemoryBatch(conversationIDs: [1]))
    #expect(try task("regular-message.json") == .reply(conversationID: 1, messageID: 3))
    #expect(throws: TaskMessageError.self) { try task("poison.json") }
    #expect(throws: TaskMessageError.self) { try task("mixed.json", 2) }
  }

  @Test func base64BodyIsDecoded() throws {
    let event = try HTTPRequestEvent.decode(from: Self.bytes("backend", "message-post-base64.json"))
    #expect(
      try JSONCoding.decode(NewMessage.self, from: event.bodyBytes())
        == NewMessage(role: .user, content: "Grüße aus Köln 👋"))
  }
}
