import GregorianCalendar

extension MemoryExtraction {
  /// Promises of either side, requests that nobody has answered, and what has been settled since.
  mutating func findOpenItems() {
    let lastAnswer = messages.lastIndex { !$0.isFromUser } ?? -1
    for (index, message) in messages.enumerated() {
      guard let ref = message.ref else { continue }
      let language = language(of: message)
      let dates = dates(of: message)
      let isAnswered = index < lastAnswer
      for sentence in message.sentences where !isForgetting(sentence, language) {
        let asks =
          message.isFromUser && !isAnswered
          && (sentence.isQuestion || matches(language.requests, sentence, language, atLeast: 1))
        guard asks || (!sentence.isQuestion && matches(language.promises, sentence, language, atLeast: 3)) else {
          continue
        }
        let (text, due) = dates.annotate(sentence)
        answer.openItems.append(
          .init(
            text: text, owner: message.isFromUser && !asks ? "user" : "assistant",
            due: due.last?.description, evidence: [ref]))
      }
      close(with: message, language)
    }
  }

  /// "It came", "done", "never mind".
  private mutating func close(with message: Transcript.Message, _ language: Language) {
    guard let ref = message.ref, message.isFromUser else { return }
    for sentence in message.sentences where !sentence.isQuestion {
      let isDone = matches(language.done, sentence, language, atLeast: 0)
      let isDropped = matches(language.dropped, sentence, language, atLeast: 0)
      guard isDone || isDropped else { continue }
      let about = contentWords(String(sentence.text))
      let open = transcript.knownOpenItems.filter { item in !answer.closedItems.contains { $0.ref == item.ref } }
      let related = open.filter { !about.isDisjoint(with: contentWords($0.text)) }
      for item in related.isEmpty && open.count == 1 ? open : related {
        answer.closedItems.append(.init(ref: item.ref, how: isDropped ? "dropped" : "done", evidence: [ref]))
      }
      answer.openItems = answer.openItems.filter { item in
        item.evidence.contains(ref) || about.isDisjoint(with: contentWords(item.text))
      }
    }
  }

  /// Whether a pattern fits, with so many words taken by it.
  private func matches(
    _ patterns: [PhrasePattern], _ sentence: Sentence, _ language: Language, atLeast count: Int
  ) -> Bool {
    patterns.contains { pattern in
      guard let match = pattern.match(in: sentence, language: language) else { return false }
      return match.captures.last.map { $0.split(separator: " ").count >= count } ?? (count <= 1)
    }
  }
}
