import FoundationEssentials
import NIOCore
import NIOPosix
import Testing

@testable import LocalLambda

/// A log of fewer bytes than the line that says what it is.
@Suite struct QueueCutLogTests {
  private static func note(_ folder: String) async throws -> String? {
    let opened = try QueueStorage.open(
      folder: folder, slack: QueueStorage.slack, eventLoop: MultiThreadedEventLoopGroup.singleton.any())
    #expect(opened.queues.isEmpty)
    await opened.storage.close()
    return opened.note
  }

  @Test(arguments: [0, 10, 21])
  func itIsToldThatItHeldNoQueues(bytes: Int) async throws {
    try await QueueStorageTests.folder { folder in
      #expect(try await Self.note(folder) == nil, "there was no log at all")
      let whole = try QueueStorageTests.log(folder)
      #expect(whole.count == 22)
      try QueueStorageTests.write(whole.prefix(bytes), folder)
      let note = try #require(try await Self.note(folder))
      #expect(note.hasPrefix(folder + "/queues.log: "))
      #expect(note.contains("held no queues"))
      #expect(note.contains("restore it from a copy"))
      #expect(try QueueStorageTests.log(folder) == whole)
      #expect(try await Self.note(folder) == nil)
    }
  }
}
