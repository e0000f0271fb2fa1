internal import NIOCore
internal import NIOPosix

/// The queues alone, with their server.
public struct LocalQueues: Sendable {
  /// `http://host:port`, the SDKs' endpoint URL.
  public let url: String

  /// Serves queues while the body runs: in memory, or kept in a folder; `strict` as in ``QueueService``.
  public static func run(
    host: String = "127.0.0.1", port: Int, directory: String? = nil, strict: Bool = false,
    declaring queues: [QueueConfiguration] = [],
    account: AccountIdentity = AccountIdentity(), _ body: (LocalQueues) async throws -> Void
  ) async throws {
    let parts = StackParts()
    do {
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      await parts.add { try? await group.shutdownGracefully() }
      var storage = QueueService.Storage.memory
      if let directory {
        let state = try StackState(directory: directory)
        await parts.add { state.release() }
        storage = .directory(state.directory)
      }
      let service = try await StackContext.opening { () async throws(QueueStorageError) in
        try await QueueService(
          eventLoop: group.any(), region: account.region, accountID: account.accountID, storage: storage,
          isStrict: strict)
      }
      await parts.add { await service.shutdown() }
      for queue in queues {
        do {
          try await service.declare(queue)
        } catch {
          throw StackError(.configuration, "the queue \(queue.name) cannot be made: \(error.message)")
        }
      }
      let server = try await StackContext.listening("SQS", flag: "--port") {
        try await QueueServer(service: service, host: host, port: port)
      }
      await parts.add { await server.shutdown() }
      try await body(LocalQueues(url: server.url))
    } catch {
      await parts.stop()
      throw error
    }
    await parts.stop()
  }
}
