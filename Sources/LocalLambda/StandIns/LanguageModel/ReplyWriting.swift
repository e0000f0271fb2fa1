/// Answers a message in one or two plain sentences, and quotes a note that has to do with it.
enum ReplyWriting {
  static func reply(to transcript: Transcript) -> String {
    let asked =
      transcript.messages.last { $0.ref == transcript.answerTo && $0.ref != nil }
      ?? transcript.messages.last(where: \.isFromUser)
    guard let asked else { return Language.english.reply.noted.replacing("{1}", with: "…") }
    let language = Language.guess(asked.sentences, otherwise: Language.guess(transcript.messages.flatMap(\.sentences)))
    let sentences = Sensitive.keepable(asked.sentences, language: language)
    guard let subject = sentences.first(where: \.isQuestion) ?? sentences.first else {
      return language.reply.noted.replacing("{1}", with: "…")
    }
    let quoted = String(subject.text).cut(to: 200)
    let words = Set(sentences.flatMap { $0.words.map(\.folded) }).subtracting(language.common)
    let note = transcript.notes.first { note in
      Sentence.split(note).contains { $0.words.contains { words.contains($0.folded) } }
    }
    let pattern = note == nil && subject.isQuestion ? language.reply.question : language.reply.noted
    let reply = pattern.replacing("{1}", with: quoted)
    return note.map { "\(reply) \(language.reply.remembered.replacing("{1}", with: $0))" } ?? reply
  }
}
