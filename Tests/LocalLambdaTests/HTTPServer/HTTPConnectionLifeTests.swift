import NIOCore
import NIOHTTP1
import Testing

@testable import LocalLambda

/// How long a connection lives, and who ends it.
@Suite(.timeLimit(.minutes(2))) struct HTTPConnectionLifeTests {
  @Test(arguments: [
    ("GET /old HTTP/1.0\r\n\r\n", true), ("GET /old HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", false),
    ("GET /old HTTP/1.1\r\nhost: x\r\n\r\n", false),
    ("GET /old HTTP/1.1\r\nhost: x\r\nConnection: Close\r\n\r\n", true),
  ])
  func endsWhenTheCallerSaysSo(request: String, ends: Bool) async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send(request)
      if !ends {
        let first = try await connection.text { $0.hasSuffix("GET /old ") }
        #expect(first.contains("connection: keep-alive\r\n") == request.contains("HTTP/1.0"))
        try await connection.send("GET /next HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      }
      let text = try await connection.textUntilClosed()
      #expect(text.contains("connection: close\r\n"))
      #expect(text.hasSuffix(ends ? "GET /old " : "GET /next "))
    }
  }

  @Test(arguments: [
    "GET /x HTT", "GET /x HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n",
    "POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
    "POST /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
  ])
  func whoNeverFinishesIsCutOff(beginning: String) async throws {
    var limits = HTTPLimits()
    limits.receiveTimeout = .milliseconds(100)
    let text = try await HTTPServerFixture.answer(to: beginning, limits: limits)
    #expect(text.hasPrefix("HTTP/1.1 408 "))
  }

  @Test(arguments: [
    "GET /x HTTP/1.1\r\nhost: x\r\nx-a: ", "POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n",
  ])
  func whoDripsIsCutOff(beginning: String) async throws {
    var limits = HTTPLimits()
    limits.receiveTimeout = .milliseconds(200)
    try await HTTPServerFixture.run(limits: limits) { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send(beginning)
      let dripping = Task {
        while !Task.isCancelled {
          try await connection.send("a")
          try await Task.sleep(for: .milliseconds(20))
        }
      }
      #expect(try await connection.textUntilClosed().hasPrefix("HTTP/1.1 408 "))
      dripping.cancel()
    }
  }

  @Test func whoHasNotBegunIsOnlyIdleAndMayStay() async throws {
    var limits = HTTPLimits()
    limits.receiveTimeout = .milliseconds(50)
    try await HTTPServerFixture.run(limits: limits) { port in
      let connection = try await RawConnection.open(port: port)
      try await Task.sleep(for: .milliseconds(200))
      try await connection.send("GET /late HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      #expect(try await connection.textUntilClosed().hasSuffix("GET /late "))
    }
  }

  @Test(arguments: ["", "GET /x HTTP/1.1\r\nhost: x\r\n\r\n", "GET /x HTTP/1.1\r\nhost: x\r\n\r\nGET /half HT"])
  func whoStaysIdleIsLetGo(beginning: String) async throws {
    var limits = HTTPLimits()
    limits.idleTimeout = .seconds(4)
    let text = try await HTTPServerFixture.answer(to: beginning, limits: limits)
    #expect(text.isEmpty == beginning.isEmpty)
    #expect(!text.contains("/half"))
  }

  @Test func anAnswerThatIsWaitedForIsNeverCut() async throws {
    var limits = HTTPLimits()
    limits.idleTimeout = .seconds(4)
    limits.receiveTimeout = .seconds(1)
    let exchanges = AsyncStream.makeStream(of: HTTPExchange.self)
    let responder = CollectedRequests(maximumBodyBytes: 10) { _, exchange in exchanges.continuation.yield(exchange) }
    try await HTTPServerFixture.run(limits: limits, responder: responder) { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("GET /next HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      let exchange = try #require(await exchanges.stream.first { _ in true })
      try await Task.sleep(for: .seconds(9))
      exchange.respond(ServerResponse(.ok, contentType: "text/plain", "at last"))
      #expect(try await connection.textUntilClosed().hasSuffix("at last"))
    }
  }

  @Test func aBodyThatIsStreamedMayStall() async throws {
    var limits = HTTPLimits()
    limits.idleTimeout = .seconds(4)
    limits.receiveTimeout = .seconds(1)
    try await HTTPServerFixture.run(limits: limits) { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("POST /streamed HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\nabc")
      try await Task.sleep(for: .seconds(9))
      try await connection.send("def")
      #expect(try await connection.text { $0.hasSuffix("end -") }.hasPrefix("HTTP/1.1 200 "))
      try await connection.close()
    }
  }

  @Test func whoDoesNotReadIsCutOff() async throws {
    var limits = HTTPLimits()
    limits.sendTimeout = .milliseconds(100)
    let gone = AsyncStream.makeStream(of: Void.self)
    let responder = CollectedRequests(maximumBodyBytes: 10) { _, exchange in
      exchange.onClose { gone.continuation.yield() }
      exchange.begin(.ok, headers: [:])
      exchange.write(ByteBuffer(repeating: 120, count: 64 << 20))
    }
    try await HTTPServerFixture.run(limits: limits, responder: responder) { port in
      let connection = try await RawConnection.open(port: port, reads: false)
      try await connection.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
      #expect(await gone.stream.first { _ in true } != nil)
    }
  }

  @Test func whoStopsSendingIsStillAnswered() async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("GET /slow HTTP/1.1\r\nhost: x\r\n\r\nGET /two HTTP/1.1\r\nhost: x\r\n\r\n")
      try await connection.finishSending()
      let text = try await connection.textUntilClosed()
      #expect(text.contains("GET /slow HTTP/1.1 200"))
      #expect(text.hasSuffix("GET /two "))
    }
  }

  @Test(arguments: ["", "GET /x HTT", "POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc"])
  func whoStopsInTheMiddleIsNotAnswered(beginning: String) async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send(beginning)
      try await connection.finishSending()
      #expect(try await connection.textUntilClosed() == "")
    }
  }

  @Test func aResponderLearnsThatItsCallerIsGone() async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("GET /watched HTTP/1.1\r\nhost: x\r\n\r\n")
      #expect(await eventually { WatchedCallers.come.now == 1 })
      try await connection.close()
      #expect(await eventually { WatchedCallers.gone.now == 1 })
    }
  }

  @Test func manyConnectionsAreServedAtOnce() async throws {
    try await HTTPServerFixture.run { port in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<400 {
          group.addTask {
            let connection = try await RawConnection.open(port: port)
            for round in 0..<3 {
              let end = round == 2 ? "connection: close\r\n" : ""
              try await connection.send("GET /slow?\(number) HTTP/1.1\r\nhost: x\r\n\(end)\r\n")
              _ = try await connection.text { $0.split(separator: "HTTP/1.1 200").count == round + 1 }
            }
            return try await connection.textUntilClosed().hasSuffix("GET /slow?\(number) ")
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }
}

/// The plain state machine, with a clock of the test's own.
@Suite struct ReceiveWatchTests {
  private func seconds(_ number: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(number) * 1_000_000_000) }

  @Test func aHeadHasToBeThereInTimeAsAWhole() {
    var watch = ReceiveWatch(HTTPLimits())
    #expect(watch.deadline == nil)
    watch.head(at: seconds(100))
    watch.head(at: seconds(120))
    #expect(watch.deadline == seconds(130))
    watch.rest()
    #expect(watch.deadline == nil)
  }

  @Test func aBodyHasToComeOn() {
    var watch = ReceiveWatch(HTTPLimits())
    watch.head(at: seconds(90))
    watch.body(bytes: 0, at: seconds(100))
    #expect(watch.deadline == seconds(120))
    watch.body(bytes: 1_000_000, at: seconds(110))
    #expect(watch.deadline == seconds(140))
    watch.body(bytes: 1_000_000, at: seconds(135))
    #expect(watch.deadline == seconds(140))
  }

  @Test func aBodyHasToComeAtALeastRate() {
    var watch = ReceiveWatch(HTTPLimits())
    watch.body(bytes: 0, at: seconds(100))
    watch.body(bytes: 5_000, at: seconds(129))
    #expect(watch.deadline == seconds(135))
  }
}
