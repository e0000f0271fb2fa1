import NIOCore
import NIOPosix

/// Sends the answers of one turn of an event loop together, on all connections that live on it: the first at once, the
/// others when all that had come in is dealt with.
///
/// The program that gets the first answer wakes a core, and the others keep it awake. Sent one by one, with what is to
/// be done between them, each would find it asleep again: to wake it costs more than an answer does.
final class FlushBatch {
  private static let ofThread = ThreadSpecificVariable<NIOLoopBoundBox<FlushBatch>>()
  /// With so few connections a turn rarely has more than one answer, and to wait for others costs it some microseconds.
  private static let fewConnections = 8

  private let eventLoop: any EventLoop
  private var connectionCount = 0
  private var waiting: [HTTPConnection] = []
  private var isOpen = false

  private init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// The one of an event loop. To be called on it.
  static func of(_ eventLoop: any EventLoop) -> FlushBatch {
    if let batch = ofThread.currentValue { return batch.value }
    let batch = NIOLoopBoundBox(FlushBatch(eventLoop), eventLoop: eventLoop)
    ofThread.currentValue = batch
    return batch.value
  }

  /// There is one connection more on the event loop.
  func opened() { connectionCount += 1 }

  /// There is one less.
  func closed() { connectionCount -= 1 }

  /// Flushes what a connection wrote, now or at the end of the turn. An answer to the request that was just read is
  /// mostly its turn's only one: it waits for the others, but others do not wait because of it.
  func add(_ connection: HTTPConnection, justRead: Bool) {
    if isOpen { return waiting.append(connection) }
    if !justRead, connectionCount > Self.fewConnections {
      isOpen = true
      eventLoop.assumeIsolated().execute { self.end() }
    }
    connection.flushNow()
  }

  private func end() {
    // A flush may find a caller gone, and that may lead to further answers.
    var next = 0
    while next < waiting.count {
      waiting[next].flushNow()
      next += 1
    }
    waiting.removeAll(keepingCapacity: true)
    isOpen = false
  }
}
