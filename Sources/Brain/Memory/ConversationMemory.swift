import ConversationAPI
import JSON
import Logging

/// Brings one conversation's memory up to its last message, window by window.
struct ConversationMemory {
  let conversationID: Int64
  let dependencies: Dependencies
  let deadline: ContinuousClock.Instant
  let logger: Logger

  /// How it ended.
  enum End {
    /// The memory covers the conversation now.
    case stored
    /// It did so before: nobody was asked.
    case alreadyCovered
    /// Somebody else stored a newer memory meanwhile; ours is dropped.
    case newerExists
    /// Somebody deleted or replaced meanwhile what ours was made from; ours is dropped, and theirs stays.
    case changedMeanwhile
    /// The conversation was deleted.
    case gone
    /// It did not work, for a reason that lies with this conversation.
    case failed(String)
    /// Backend or model cannot be used for now, by the model's word for so long.
    case unavailable(String, pause: Duration?)
    /// Backend or model will not let us in before somebody changes something.
    case denied(String)
    /// The invocation's time ran out.
    case outOfTime
  }

  /// Works until the end. Each window is stored with its own watermark, so that whatever ends this early costs one
  /// window and no more; `windows` says how many were stored.
  func update() async -> (end: End, windows: Int) {
    var windows = 0
    do throws(Stop) {
      try await update(windows: &windows)
      return (windows == 0 ? .alreadyCovered : .stored, windows)
    } catch {
      return (error.end, windows)
    }
  }

  /// Why the work stops early.
  private struct Stop: Error {
    let end: End

    init(_ end: End) { self.end = end }

    init(_ error: BackendError) {
      end =
        switch error {
        case .notFound: .gone
        case .denied(let text): .denied(text)
        case .unavailable(let text): .unavailable(text, pause: nil)
        case .refused(let text), .badAnswer(let text): .failed(text)
        case .outOfTime: .outOfTime
        }
    }

    init(_ error: LanguageModelError) {
      end =
        switch error {
        case .unavailable(_, let pause): .unavailable(error.description, pause: pause)
        case .denied: .denied(error.description)
        case .deadline: .outOfTime
        case .truncated, .contextTooLong, .refused, .unusable, .invalidRequest: .failed(error.description)
        }
    }
  }

  private func update(windows: inout Int) async throws(Stop) {
    let backend = dependencies.backend
    let firstPage = try await asked { () throws(BackendError) in
      try await backend.messages(of: conversationID, after: 0, deadline: deadline)
    }
    guard firstPage.lastMessageID > firstPage.coveredMessageID else { return }
    let known = try await asked { () throws(BackendError) in
      try await backend.memory(of: conversationID, deadline: deadline)
    }
    let messages =
      try await firstPage.messages
      + asked { () throws(BackendError) in
        try await backend.messages(of: conversationID, following: firstPage, deadline: deadline)
      }

    // A memory of another form cannot be continued, nor one that covers nothing: it is replaced by one of the whole
    // conversation, which the Backend takes only once it covers as much.
    let stored = firstPage.coveredMessageID == 0 ? nil : known.memory
    var version = known.version
    var memory = stored.flatMap { MemoryData($0.data) }
    var data = memory == nil ? nil : stored?.data
    let mustCover = min(stored?.coveredMessageID ?? 0, firstPage.coveredMessageID)
    let covered = memory == nil ? 0 : mustCover
    var start = messages.firstIndex { $0.id > covered } ?? messages.endIndex
    var offset = 0
    var tokens = dependencies.settings.memoryWindowTokens
    var slowest = Duration.zero
    while start < messages.endIndex {
      let begin = ContinuousClock.now
      let (window, rest, updated) = try await extract(
        from: messages[start...], offset: offset, earlier: messages[..<start], memory: memory, tokens: &tokens)
      memory = updated
      slowest = max(slowest, .now - begin)
      // A message that is longer than a window is covered once all of it was read. Where the time is too short for
      // that, and nothing else was stored, what was read has to do: begun anew it would end here again.
      if let rest, windows > 0 || deadline - .now > slowest * 2 {
        offset = rest
        continue
      }
      offset = 0
      start = window.endIndex
      guard let last = window.last, last.id >= mustCover else { continue }
      let new = try encoded(updated, over: data)
      version = try await store(new, through: last.id, replacing: version)
      data = new
      windows += 1
    }
  }

  /// Asks the model about the next window. When that is too much for it, about half of it, and so on.
  ///
  /// - Returns: the window, where its single message goes on if it was not shown whole, and the memory after it.
  private func extract(
    from messages: ArraySlice<Message>, offset: Int, earlier: ArraySlice<Message>, memory: MemoryData?,
    tokens: inout Int
  ) async throws(Stop) -> (window: ArraySlice<Message>, rest: Int?, memory: MemoryData) {
    while true {
      let known = KnownItems(of: memory, windowTokens: tokens)
      let maximumMessages = MemorySchema.maximumMessages(facts: known.facts.count, openItems: known.openItems.count)
      let count = Transcript.window(of: messages, tokens: tokens, maximumMessages: maximumMessages)
      let window = messages.prefix(count)
      let prompt = MemoryPrompt(
        previous: memory, earlier: earlier, window: window, from: offset, windowTokens: tokens,
        messageBytes: 3 * MemoryPrompt.windowsOfAMessage * dependencies.settings.memoryWindowTokens)
      do throws(LanguageModelError) {
        let (extraction, source) = try await ask(prompt)
        return (
          window, prompt.rest,
          MemoryData(previous: memory, extraction: extraction, prompt: prompt, window: window, source: source)
        )
      } catch {
        guard error.asksForLess, tokens > 200 else { throw Stop(error) }
        // By what was shown, be it the messages or what is known: less than that has to be asked about.
        tokens = min(tokens, max(window.reduce(0) { $0 + Transcript.tokens($1) }, 2 * known.tokens)) / 2
        logger.info("the window is halved", metadata: ["reason": "\(error)", "tokens": "\(tokens)"])
      }
    }
  }

  /// Asks the model, and once more when its answer cannot be used, with the fault named.
  private func ask(_ prompt: MemoryPrompt) async throws(LanguageModelError) -> (Extraction, ExtractionSource) {
    var fault: ExtractionFault?
    var inputTokens: Int?
    var outputTokens: Int?
    for _ in 0..<2 {
      let answer = try await dependencies.model.complete(
        LanguageModelRequest(
          system: prompt.system, turns: [.init(role: .user, text: prompt.turn(after: fault))], schema: prompt.schema,
          maximumOutputTokens: MemoryPrompt.maximumOutputTokens, deadline: deadline))
      if let tokens = answer.inputTokens { inputTokens = (inputTokens ?? 0) + tokens }
      if let tokens = answer.outputTokens { outputTokens = (outputTokens ?? 0) + tokens }
      do throws(ExtractionFault) {
        let extraction = try Extraction(parsing: answer.text)
        let source = ExtractionSource(
          provider: dependencies.settings.model.provider.rawValue, model: answer.model, inputTokens: inputTokens,
          outputTokens: outputTokens, generatedAt: Timestamp.rfc3339())
        return (extraction, source)
      } catch {
        logger.info("the model's answer cannot be used", metadata: ["fault": "\(error)"])
        fault = error
      }
    }
    throw .unusable(fault?.description ?? "")
  }

  /// A memory as it is stored, with what others added to the one that it replaces.
  private func encoded(_ memory: MemoryData, over stored: JSONValue?) throws(Stop) -> JSONValue {
    do {
      return try JSONCoding.encodeValue(memory).keepingAdditions(of: stored)
    } catch {
      throw Stop(.failed("the memory cannot be written: \(error)"))
    }
  }

  /// Stores a window's memory, and answers its version, which is the one that the next window's replaces.
  private func store(
    _ data: JSONValue, through messageID: Int64, replacing version: MemoryVersion
  ) async throws(Stop) -> MemoryVersion {
    let new = NewMemory(conversationID: conversationID, data: data, coveredMessageID: messageID)
    let outcome = try await asked { () throws(BackendError) in
      try await dependencies.backend.store(new, replacing: version, deadline: deadline)
    }
    switch outcome {
    case .stored(let version): return version
    case .newerExists: throw Stop(.newerExists)
    case .changedMeanwhile:
      // Another delivery of the same task may have been faster: then all is well.
      let page = try await asked { () throws(BackendError) in
        try await dependencies.backend.messages(of: conversationID, after: messageID, deadline: deadline)
      }
      throw Stop(page.coveredMessageID >= page.lastMessageID ? .newerExists : .changedMeanwhile)
    }
  }

  private func asked<Answer>(
    _ question: () async throws(BackendError) -> Answer
  ) async throws(Stop) -> Answer {
    do throws(BackendError) {
      return try await question()
    } catch {
      throw Stop(error)
    }
  }
}

extension LanguageModelError {
  /// Whether a smaller question could be answered.
  var asksForLess: Bool {
    switch self {
    case .truncated, .contextTooLong: true
    default: false
    }
  }
}
