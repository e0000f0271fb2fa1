import ConversationAPI

/// How a window's memory was made.
struct ExtractionSource {
  var provider: String
  var model: String
  var inputTokens: Int?
  var outputTokens: Int?
  var generatedAt: String
}

extension MemoryData {
  /// The memory after one more window: what was known, changed by what the model found.
  ///
  /// An item that does not pass the checks is left out and counted: its evidence has to be messages of this window.
  init(
    previous: MemoryData?, extraction: Extraction, prompt: MemoryPrompt, window: ArraySlice<Message>,
    source: ExtractionSource
  ) {
    var merge = MemoryMerge(previous: previous, prompt: prompt)
    merge.close(extraction.closedItems ?? [])
    merge.retract(extraction.retracted ?? [])
    for fact in extraction.facts { merge.add(fact) }
    for item in extraction.openItems { merge.add(item) }
    for entity in extraction.entities { merge.add(entity) }
    merge.forgetTraces()
    merge.capCounts()

    let before = previous?.provenance
    let first = window.first, last = window.last
    let language = merge.clean(extraction.language, limit: 35)
    self.init(
      title: merge.overview(extraction.title, before: previous?.title, limit: 120),
      summary: merge.overview(extraction.summary, before: previous?.summary, limit: 1200),
      language: language.isEmpty ? previous?.language : language,
      outcome: extraction.outcome,
      sentiment: extraction.sentiment,
      topics: merge.topics(extraction.topics, before: previous?.topics ?? []),
      facts: merge.facts,
      openItems: merge.openItems,
      entities: merge.entities,
      coverage: Coverage(
        fromMessageID: previous?.coverage.fromMessageID ?? first?.id ?? 1,
        throughMessageID: last?.id ?? previous?.coverage.throughMessageID ?? 1,
        messages: (previous?.coverage.messages ?? 0) + window.count - (prompt.rest == nil ? 0 : 1),
        throughAt: last?.createdAt ?? previous?.coverage.throughAt ?? source.generatedAt),
      provenance: Provenance(
        provider: source.provider,
        model: source.model.cleaned(limit: 120),
        promptVersion: MemoryPrompt.version,
        generatedAt: source.generatedAt,
        windows: (before?.windows ?? 0) + 1,
        inputTokens: Self.sum(before?.inputTokens, source.inputTokens),
        outputTokens: Self.sum(before?.outputTokens, source.outputTokens),
        redactions: (before?.redactions ?? 0) + prompt.redactions + merge.redactions,
        droppedItems: (before?.droppedItems ?? 0) + merge.dropped))
  }

  private static func sum(_ left: Int?, _ right: Int?) -> Int? {
    guard left != nil || right != nil else { return nil }
    return (left ?? 0) + (right ?? 0)
  }
}
