import ArgumentParser

/// `queue`: the queues alone, and what is in them.
struct Queue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Serve queues alone, or look into running ones.",
    subcommands: [
      QueueServe.self, QueueList.self, QueueSend.self, QueueReceive.self, QueuePeek.self, QueuePurge.self,
      QueueRedrive.self, QueueWatch.self,
    ])
}
