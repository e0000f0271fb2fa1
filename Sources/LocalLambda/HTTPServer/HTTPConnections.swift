import NIOCore

/// The open connections of a server, so that it can close them when it stops.
final class HTTPConnections: Sendable {
  private let eventLoop: any EventLoop
  private let channels: NIOLoopBoundBox<[ObjectIdentifier: any Channel]>

  init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    channels = .makeBoxSendingValue([:], eventLoop: eventLoop)
  }

  /// On the event loop.
  func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    channels.value[id] = channel
    channel.closeFuture.whenComplete { _ in self.channels.value[id] = nil }
  }

  func closeAll() async {
    try? await eventLoop.flatSubmit { [eventLoop, channels] in
      EventLoopFuture.andAllComplete(channels.value.values.map { $0.close() }, on: eventLoop)
    }.get()
  }
}
