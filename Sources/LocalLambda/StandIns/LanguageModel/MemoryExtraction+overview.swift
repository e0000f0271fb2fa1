extension MemoryExtraction {
  /// The subjects whose words occur, most frequent first.
  func topics() -> [String] {
    let words = messages.flatMap { $0.sentences.flatMap { $0.words.map(\.folded) } }
    var counts: [String: Int] = [:]
    for topic in language.topics { counts[topic.name] = words.count(where: topic.words.contains) }
    return language.topics.map(\.name).filter { counts[$0, default: 0] > 0 }
      .sorted { (counts[$0, default: 0], $1) > (counts[$1, default: 0], $0) }.prefix(3).map(\.self)
  }

  /// How the user sounds, by the words.
  func sentiment() -> String {
    let words = messages.filter(\.isFromUser).flatMap { $0.sentences.flatMap { $0.words.map(\.folded) } }
    let isPositive = words.contains(where: language.positive.contains)
    let isNegative = words.contains(where: language.negative.contains)
    return switch (isPositive, isNegative) {
    case (true, true): "mixed"
    case (true, false): "positive"
    case (false, true): "negative"
    case (false, false): "neutral"
    }
  }

  /// How it ended: with something open, with a question that nobody answered, or settled.
  func outcome(hasContent: Bool) -> String {
    guard hasContent, let last = messages.last else { return "abandoned" }
    if last.isFromUser, !isSmallTalk(last) {
      return last.sentences.contains(where: \.isQuestion) ? "unresolved" : "ongoing"
    }
    if !last.isFromUser, last.sentences.last?.isQuestion == true { return "abandoned" }
    return answer.openItems.isEmpty ? "resolved" : "ongoing"
  }

  /// The first thing the user wants, in the user's words.
  func title(_ said: [Transcript.Message]) -> String {
    if let subject = firstSubject(said) { return subject.cut(to: 80) }
    let first = messages.flatMap(\.sentences).first { !tellsForgotten($0, language) }
    return first.map { String($0.text).cut(to: 80) } ?? ""
  }

  /// What the user wanted, what came of it, and how it stands: sentences of the conversation, with absolute dates.
  func summary(_ said: [Transcript.Message]) -> String {
    var parts: [String] = []
    if let before = transcript.summarySoFar { parts.append(withoutForgotten(before).cut(to: 450)) }
    if let subject = firstSubject(said) { parts.append(subject) }
    parts += answer.facts.filter { $0.validTo == nil }.map(\.text)
    if let last = messages.last(where: { !$0.isFromUser }) {
      let dates = dates(of: last)
      let sentences = last.sentences.filter {
        !$0.isQuestion && !isCourtesy($0, language) && !tellsForgotten($0, language)
      }
      parts += sentences.prefix(2).map { dates.annotate($0).text }
    }
    var summary = ""
    for part in parts.uniqued() where !part.isEmpty && !summary.contains(part) {
      let sentence = ".!?…".contains(part.last ?? ".") ? part : part + "."
      if summary.count + sentence.count + 1 > 900 { break }
      summary += summary.isEmpty ? sentence : " " + sentence
    }
    return summary
  }

  private func firstSubject(_ said: [Transcript.Message]) -> String? {
    for message in said {
      let dates = dates(of: message)
      let language = language(of: message)
      let subject = message.sentences.first { sentence in
        sentence.words.count > 2 && !isCourtesy(sentence, language) && !tellsForgotten(sentence, language)
          && !language.facts.contains {
            $0.kind == .identity && $0.patterns.contains { $0.match(in: sentence, language: language) != nil }
          }
      }
      if let subject { return dates.annotate(subject).text }
    }
    return nil
  }
}
