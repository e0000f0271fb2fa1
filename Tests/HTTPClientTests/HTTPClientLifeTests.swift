import HTTPClient
import TestSupport
import Testing

/// Cancellation, and the end of a client.
@Suite(.timeLimit(.minutes(3))) struct HTTPClientLifeTests {
  private let client = HTTPClient(configuration: HTTPClientConfiguration(environment: { _ in nil }))

  @Test func cancellingTheTaskEndsTheTransfer() async throws {
    let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedHTTPServer.run { request, connection in
      guard request.target == "/hang" else { return try await connection.reply(200, body: "ok") }
      arrive.yield()
      try await connection.forever()
      end.yield()
    } body: { server in
      let task = Task { [client] in try await client.send(HTTPClientRequest(url: server.url + "/hang")) }
      var arrivals = arrived.makeAsyncIterator()
      await arrivals.next()
      task.cancel()
      let error = await #expect(throws: HTTPClientError.self) { try await task.value }
      #expect(error?.kind == .cancelled)
      // The connection of the cancelled transfer is closed, and the client goes on.
      var ends = ended.makeAsyncIterator()
      await ends.next()
      let answer = try await client.send(HTTPClientRequest(url: server.url))
      #expect(answer.text == "ok")
    }
  }

  @Test func aCancelledTaskSendsNothing() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.reply(200)
    } body: { server in
      let task = Task { [client] in
        while !Task.isCancelled { await Task.yield() }
        return try await client.send(HTTPClientRequest(url: server.url + "/cancelled"))
      }
      task.cancel()
      let error = await #expect(throws: HTTPClientError.self) { try await task.value }
      #expect(error?.kind == .cancelled)
      #expect(error?.mayHaveBeenSent == false)
      _ = try await client.send(HTTPClientRequest(url: server.url + "/next"))
      #expect(server.requests.map(\.target) == ["/next"])
    }
  }

  @Test func cancellingManyOfManyLeavesTheOthersAlone() async throws {
    try await ScriptedHTTPServer.run { request, connection in
      if request.target == "/hang" { try await connection.forever() }
      try await connection.reply(200, body: request.target)
    } body: { server in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<50 {
          group.addTask { [client] in
            let hanging = Task { try await client.send(HTTPClientRequest(url: server.url + "/hang")) }
            let other = try await client.send(HTTPClientRequest(url: server.url + "/answer"))
            hanging.cancel()
            let error = await #expect(throws: HTTPClientError.self) { try await hanging.value }
            return other.text == "/answer" && error?.kind == .cancelled
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func shutdownEndsWhatIsUnderWay() async throws {
    let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedHTTPServer.run { _, connection in
      arrive.yield()
      try await connection.forever()
    } body: { server in
      let tasks = (0..<3).map { _ in
        Task { [client] in try await client.send(HTTPClientRequest(url: server.url)) }
      }
      var arrivals = arrived.makeAsyncIterator()
      for _ in tasks { await arrivals.next() }
      client.shutdown()
      for task in tasks {
        let error = await #expect(throws: HTTPClientError.self) { try await task.value }
        #expect(error?.kind == .shutDown)
      }
      client.shutdown()
      let late = await #expect(throws: HTTPClientError.self) {
        try await client.send(HTTPClientRequest(url: server.url))
      }
      #expect(late?.kind == .shutDown && late?.mayHaveBeenSent == false)
    }
  }
}
