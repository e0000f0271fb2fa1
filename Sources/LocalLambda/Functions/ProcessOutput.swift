import NIOCore
import NIOPosix
import SystemPackage

#if canImport(Darwin)
  import Darwin
#endif

/// Reads what a process prints, line by line, on an event loop.
///
/// The pipe is ours and not the process library's, so that lines and Runtime API calls arrive in one place and in the
/// order in which the function made them, and a grandchild that keeps the pipe open holds up nobody.
final class ProcessOutput: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let line: @Sendable (String) -> Void
  private var rest = ByteBuffer()
  /// A longer line is passed on in pieces.
  private static let longestLine = 1 << 20

  private init(line: @escaping @Sendable (String) -> Void) {
    self.line = line
  }

  /// Opens a pipe and reads it until all its writers are gone; answers the end to write to.
  static func open(
    on eventLoop: any EventLoop, line: @escaping @Sendable (String) -> Void
  ) async throws -> (writeEnd: SystemPackage.FileDescriptor, channel: any Channel) {
    // A process that is started meanwhile must not keep this pipe open.
    #if os(Linux)
      let (readEnd, writeEnd) = try SystemPackage.FileDescriptor.pipe(options: .closeOnExec)
    #else
      let (readEnd, writeEnd) = try SystemPackage.FileDescriptor.pipe()
      _ = fcntl(readEnd.rawValue, F_SETFD, FD_CLOEXEC)
      _ = fcntl(writeEnd.rawValue, F_SETFD, FD_CLOEXEC)
    #endif
    do {
      let channel = try await NIOPipeBootstrap(group: eventLoop)
        // Reads that empty a full pipe, 64 KB, so that no line is left behind when an answer overtakes it.
        .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
        .channelOption(.maxMessagesPerRead, value: 16)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ProcessOutput(line: line))
          }
        }
        .takingOwnershipOfDescriptor(input: readEnd.rawValue).get()
      return (writeEnd, channel)
    } catch {
      try? readEnd.close()
      try? writeEnd.close()
      throw error
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var piece = unwrapInboundIn(data)
    var searched = rest.readableBytes
    rest.writeBuffer(&piece)
    while let end = rest.readableBytesView.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
      emit(rest.readString(length: end - rest.readerIndex) ?? "")
      rest.moveReaderIndex(forwardBy: 1)
      searched = 0
    }
    if rest.readableBytes > Self.longestLine { endLine() }
    rest.discardReadBytes()
  }

  func channelInactive(context: ChannelHandlerContext) { endLine() }

  /// Passes on what was printed without the end of its line: what comes next is about something else.
  func endLine() {
    if rest.readableBytes > 0 { emit(rest.readString(length: rest.readableBytes) ?? "") }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func emit(_ text: String) {
    line(text.hasSuffix("\r") ? String(text.dropLast()) : text)
  }
}
