import NIOCore
import NIOPosix

/// Where telemetry goes: on loopback.
enum TelemetryDestination: Sendable, Hashable {
  /// `http://127.0.0.1:4243/path`.
  case http(url: String)
  /// A port.
  case tcp(port: Int)
}

/// The way to one destination: an exchange for each batch, or one connection for all of them.
actor TelemetrySender {
  private let destination: TelemetryDestination
  private let eventLoop: any EventLoop
  private var connection: (any Channel)?
  private var isClosed = false

  /// Runs the actor's code on its event loop.
  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  init(_ destination: TelemetryDestination, eventLoop: any EventLoop) {
    self.destination = destination
    self.eventLoop = eventLoop
  }

  /// Returns when the batch is delivered: taken by the HTTP server, or written to the connection.
  func send(_ batch: TelemetryBatch) async throws {
    switch destination {
    case .http(let url):
      let response = try await OneShotClient(url: url).send(
        "POST", "", headers: [("Content-Type", "application/json")], body: batch.body, timeout: .seconds(5))
      guard response.status < 400 else { throw OneShotError(.lost, "status \(response.status)") }
    case .tcp(let port):
      try await connect(to: port).writeAndFlush(ByteBuffer(bytes: batch.body))
    }
  }

  /// Ends the connection, and with it what is still being written.
  func close() {
    isClosed = true
    connection?.close(promise: nil)
  }

  private func connect(to port: Int) async throws -> any Channel {
    if let connection, connection.isActive { return connection }
    let new = try await ClientBootstrap(group: eventLoop).connectTimeout(.seconds(5))
      .connect(host: "127.0.0.1", port: port).get()
    if isClosed { new.close(promise: nil) }
    connection = new
    return new
  }
}
