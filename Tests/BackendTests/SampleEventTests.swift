import Foundation
import LambdaRuntime
import Testing

@testable import Backend

/// The files of `events/backend`, which people invoke the function with.
@Suite struct SampleEventTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(components: "..", "..", "events", "backend")

  @Test func eachIsAnswered() async throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
    try #require(!files.isEmpty)
    try await TestBackend.run { backend in
      for file in files {
        let answer = try await backend.send(event: Array(try Data(contentsOf: file)))
        #expect(answer.status < 500, "\(file.lastPathComponent): \(answer.body)")
      }
    }
  }
}
