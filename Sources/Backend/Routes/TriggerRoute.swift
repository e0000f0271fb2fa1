import ConversationAPI
import JSON
import SQSClient

extension Route {
  /// Enqueues what is due. Nothing is marked: a conversation stays due until a memory covers it, so whatever gets lost
  /// on the way is found again by the next call.
  static let trigger = Route("POST", "/tasks/trigger-memory-generation") { request, services in
    // What was meant as a dry run must not be a real one for a slip of the pen.
    try request.query.check(only: ["dry_run", "limit"])
    let isDryRun = try request.query.boolean("dry_run")
    let limit = try request.query.integer("limit", minimum: 1)
    let ids = try await services.conversations.due(olderThan: services.inactivityThreshold, limit: limit)
    let batches = TaskMessage.batches(of: ids, maximumBytes: services.tasks.maximumMessageBytes)
    var progress = Progress()
    if !isDryRun {
      for batch in batches {
        guard request.timeLeft > .zero else {
          throw Problem.serviceUnavailable(
            "The queue takes too long. \(progress.description(of: ids.count))", members: progress.members)
        }
        do throws(SQSError) {
          try await services.tasks.send(batch, within: request.timeLeft)
        } catch {
          throw Problem.queueFailed(error, progress.description(of: ids.count), members: progress.members)
        }
        progress.count(batch)
      }
    }
    return .json(isDryRun || ids.isEmpty ? 200 : 202) { writer in
      writer.raw(#"{"conversations":"#)
      writer.integer(ids.count)
      writer.raw(#","messages":"#)
      writer.integer(batches.count)
      writer.raw("}")
    }
  }
}

/// What has been sent so far.
private struct Progress {
  private var messages = 0
  private var conversations = 0

  mutating func count(_ batch: TaskMessage) {
    messages += 1
    if case .generateMemoryBatch(let ids) = batch { conversations += ids.count }
  }

  func description(of due: Int) -> String {
    "Of \(due) due conversations \(conversations) were enqueued, in \(messages) messages; all of them stay due."
  }

  var members: [Problem.Member] {
    [
      ("conversations", { [conversations] in $0.integer(conversations) }),
      ("messages", { [messages] in $0.integer(messages) }),
    ]
  }
}
