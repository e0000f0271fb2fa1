import HTTPClient
import Synchronization
import TestSupport
import Testing

/// Bodies that are read while they arrive.
@Suite struct HTTPClientStreamingTests {
  private let client = HTTPClient(configuration: HTTPClientConfiguration(environment: { _ in nil }))
  private static let chunkedHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

  @Test func eachChunkArrivesBeforeTheNextIsSent() async throws {
    let (taken, take) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write(Self.chunkedHead)
      var reader = taken.makeAsyncIterator()
      for chunk in ["one", "two", "six"] {
        try await connection.write("3\r\n\(chunk)\r\n")
        _ = await reader.next()
      }
      try await connection.write("0\r\n\r\n")
    } body: { server in
      let response = try await client.stream(HTTPClientRequest(url: server.url))
      #expect(response.status == 200 && response.headers["content-type"] == "text/event-stream")
      var chunks: [String] = []
      for try await chunk in response {
        chunks.append(String(decoding: chunk, as: UTF8.self))
        take.yield()
      }
      #expect(chunks == ["one", "two", "six"])
      let answer = try await client.stream(HTTPClientRequest(url: server.url + "/again"))
      #expect(answer.status == 200)
    }
  }

  @Test func aSlowReaderHoldsTheServerBack() async throws {
    let total = 32 << 20
    let written = Mutex(0)
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
      let piece = (0..<65536).map { UInt8(truncatingIfNeeded: $0 >> 8) }
      for _ in 0..<(total / piece.count) {
        try await connection.write(piece)
        written.withLock { $0 += piece.count }
      }
    } body: { server in
      let response = try await client.stream(HTTPClientRequest(url: server.url, maximumResponseBytes: total))
      // Wait until the server has not got on for a while: the pipe is full, and far from the whole body is in it.
      var seen = -1
      while written.withLock({ $0 }) != seen {
        seen = written.withLock { $0 }
        try await Task.sleep(for: .milliseconds(200))
      }
      #expect(seen < total)
      var count = 0
      var isIntact = true
      for try await chunk in response {
        for offset in stride(from: 0, to: chunk.count, by: 97)
        where chunk[offset] != UInt8(truncatingIfNeeded: (count + offset) >> 8) {
          isIntact = false
        }
        count += chunk.count
      }
      #expect(count == total && isIntact)
    }
  }

  @Test func aBodyThatBreaksOffThrowsAfterWhatArrived() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
      try await connection.close()
    } body: { server in
      let response = try await client.stream(HTTPClientRequest(url: server.url))
      var body: [UInt8] = []
      let error = await #expect(throws: HTTPClientError.self) {
        for try await chunk in response { body += chunk }
      }
      #expect(error?.kind == .connectionLost)
      #expect(String(decoding: body, as: UTF8.self) == "half")
    }
  }

  @Test func aStreamOverTheLimitOrTheTimeThrows() async throws {
    try await ScriptedHTTPServer.run { request, connection in
      try await connection.write(Self.chunkedHead)
      if request.target == "/large" { try await connection.write("a\r\n0123456789\r\n") }
      try await connection.forever()
    } body: { server in
      let large = try await client.stream(HTTPClientRequest(url: server.url + "/large", maximumResponseBytes: 9))
      let tooLarge = await #expect(throws: HTTPClientError.self) { for try await _ in large {} }
      #expect(tooLarge?.kind == .tooLarge)
      let slow = try await client.stream(HTTPClientRequest(url: server.url + "/slow", timeout: .seconds(3)))
      let timedOut = await #expect(throws: HTTPClientError.self) { for try await _ in slow {} }
      #expect(timedOut?.kind == .timedOut)
    }
  }

  @Test func lettingGoOfAStreamEndsTheTransfer() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write(Self.chunkedHead + "3\r\nabc\r\n")
      try await connection.forever()
      end.yield()
    } body: { server in
      do {
        let response = try await client.stream(HTTPClientRequest(url: server.url))
        for try await chunk in response {
          #expect(chunk == Array("abc".utf8))
          break
        }
      }
      var iterator = ended.makeAsyncIterator()
      await iterator.next()
    }
  }
}
