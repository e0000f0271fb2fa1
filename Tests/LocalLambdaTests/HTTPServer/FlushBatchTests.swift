import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// With many callers the answers of one turn of the event loop leave together.
@Suite(.timeLimit(.minutes(1))) struct FlushBatchTests {
  /// The answers leave, a caller turns out to be gone, and that is what another one is answered for.
  @Test func anAnswerThatSendingOthersLeadsToIsSentToo() async throws {
    let together = Together(callers: 10)
    try await HTTPServerFixture.run(responder: together) { port in
      try together.connectDoomed(to: port)
      try await withThrowingTaskGroup(of: String.self) { group in
        for number in 1..<10 {
          group.addTask {
            let connection = try await RawConnection.open(port: port)
            try await connection.send("GET /\(number) HTTP/1.1\r\nhost: x\r\n\r\n")
            // Kept open, as an end would flush, too.
            return try await connection.text { $0.hasSuffix("\r\n\r\n") }
          }
        }
        for try await answer in group { #expect(answer.hasPrefix("HTTP/1.1 200 ")) }
      }
    }
  }
}

/// Answers all callers in one turn, once they are all there; but `/9` only when the doomed one is gone, whose connection
/// breaks just before the answers leave.
private final class Together: HTTPResponder {
  private struct State {
    var exchanges: [String: HTTPExchange] = [:]
    var doomed: Int32 = -1
  }

  private let state = Mutex(State())
  private let callers: Int

  init(callers: Int) { self.callers = callers }

  func connectDoomed(to port: Int) throws {
    #if canImport(Glibc)
      let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let connection = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    let isConnected = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    try #require(isConnected)
    state.withLock { $0.doomed = connection }
    var request = "GET /doomed HTTP/1.1\r\nhost: x\r\n\r\n"
    let sent = request.withUTF8 { send(connection, $0.baseAddress, $0.count, 0) }
    try #require(sent == request.utf8.count)
  }

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling { .collect(upTo: 0) }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    let (exchanges, connection) = state.withLock { state in
      state.exchanges[request.head.uri] = exchange
      return (state.exchanges, state.doomed)
    }
    guard exchanges.count == callers, let doomed = exchanges["/doomed"], let last = exchanges["/9"] else { return }
    exchange.eventLoop.execute {
      for number in 1..<9 { exchanges["/\(number)"]?.respond(ServerResponse(.ok)) }
      doomed.onClose { last.respond(ServerResponse(.ok)) }
      doomed.begin(.ok, headers: [:])
      // To close with nothing lingering is to reset.
      var reset = linger(l_onoff: 1, l_linger: 0)
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
      close(connection)
    }
  }
}
