import JSON
import LocalLambda
import Synchronization

/// The demonstration itself: load, trigger, wait until every conversation has its memory.
struct DemoRun {
  /// What became of one conversation.
  struct Row: Sendable {
    var name: String
    var messages: Int
    /// The answer of `GET /conversations/{id}/memory`; nil when none came.
    var memory: JSONValue?
    /// From the trigger to the memory.
    var took: Duration?
  }

  var loader: SampleLoader
  var conversations: [SampleConversation]
  /// How long nothing may happen.
  var patience: Duration
  /// Ends the wait for what a function does that cannot start.
  var starts: StartWatch

  func run() async throws -> [Row] {
    let total = conversations.reduce(0) { $0 + $1.messages.count }
    Console.note(
      Console.styled("\nLoading \(conversations.count) conversations with \(total) messages over HTTP", .bold))
    let ids = try await loader.load(conversations, progress: counter(of: total, "messages"))
    Console.endProgress()

    var rows = zip(conversations, ids).map { Row(name: $0.0.name, messages: $0.0.messages.count) }
    try await remember(Array(ids.indices), ids, &rows)

    let changed = conversations.indices.filter { !conversations[$0].later.isEmpty }
    if !changed.isEmpty {
      let count = changed.reduce(0) { $0 + conversations[$1].later.count }
      Console.note(
        Console.styled("\nLater: \(count) more messages in \(changed.count) of them, so these are due again", .bold))
      for index in changed {
        try await loader.add(conversations[index].later, to: ids[index], progress: {})
        rows[index].messages += conversations[index].later.count
        rows[index].memory = nil
      }
      try await remember(changed, ids, &rows)
    }
    return rows
  }

  /// Triggers, and waits for the memories of these conversations.
  private func remember(_ indices: [Int], _ ids: [Int64], _ rows: inout [Row]) async throws {
    var last: [Int: Int64] = [:]
    for index in indices { last[index] = try await loader.lastMessage(of: ids[index]) }
    let clock = ContinuousClock()
    let start = clock.now
    let (due, messages) = try await loader.trigger()
    Console.note(
      Console.styled(
        "Triggered: \(due) conversations are due, in \(messages) SQS message\(messages == 1 ? "" : "s")", .bold))

    let report = counter(of: indices.count, "memories")
    defer { Console.endProgress() }
    var waiting = indices
    var lastArrival = clock.now
    while !waiting.isEmpty, clock.now - lastArrival < patience {
      try starts.check()
      var missing: [Int] = []
      for index in waiting {
        if let memory = try await loader.memory(of: ids[index], throughAtLeast: last[index] ?? 0) {
          rows[index].memory = memory
          rows[index].took = clock.now - start
          lastArrival = clock.now
          report()
        } else {
          missing.append(index)
        }
      }
      waiting = missing
      if !waiting.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    }
  }

  private func counter(of total: Int, _ what: String) -> @Sendable () -> Void {
    let count = Counter()
    return { Console.progress(count.next(), of: total, what) }
  }
}

/// Counts from several tasks.
private final class Counter: Sendable {
  private let value = Mutex(0)

  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}
