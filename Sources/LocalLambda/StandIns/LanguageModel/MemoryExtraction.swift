/// Reads a conversation by rules and picks out what is worth remembering. The same transcript always gives the same
/// answer; nothing is in the answer that is not in the messages.
struct MemoryExtraction {
  let transcript: Transcript
  /// The language of the whole conversation.
  let language: Language
  /// The messages with what may be kept of them: no secrets, no orders to the model.
  let messages: [Transcript.Message]
  var answer = MemoryAnswer()
  /// Content words of what the user asked to forget.
  var forgotten: Set<String> = []

  /// The memory of a transcript.
  static func answer(to transcript: Transcript) -> MemoryAnswer {
    var extraction = MemoryExtraction(transcript)
    extraction.run()
    return extraction.answer
  }

  private init(_ transcript: Transcript) {
    self.transcript = transcript
    let fromUser = (transcript.earlier + transcript.messages).filter(\.isFromUser).flatMap(\.sentences)
    let language = Language.guess(fromUser.isEmpty ? transcript.messages.flatMap(\.sentences) : fromUser)
    self.language = language
    messages = transcript.messages.compactMap { message -> Transcript.Message? in
      guard message.ref != nil else { return nil }
      var kept = message
      kept.sentences = Sensitive.keepable(message.sentences, language: language)
      return kept.sentences.isEmpty && !message.sentences.isEmpty ? nil : kept
    }
  }

  private mutating func run() {
    answer.language = language.tag
    let said = messages.filter { $0.isFromUser && !isSmallTalk($0) }
    let isEmpty = said.isEmpty && transcript.earlier.isEmpty
    if !isEmpty {
      for index in messages.indices {
        if messages[index].isFromUser { findFacts(in: messages[index]) }
        findCodes(in: index)
      }
      leaveOutWhatIsKnown()
      findOpenItems()
      answer.topics = topics()
    }
    answer.sentiment = sentiment()
    answer.outcome = outcome(hasContent: !isEmpty)
    answer.title = title(said)
    answer.summary = summary(said)
  }

  /// The rules to read a message with: its own language's, if that is clear, else the conversation's.
  func language(of message: Transcript.Message) -> Language {
    Language.guess(message.sentences, otherwise: language)
  }

  func dates(of message: Transcript.Message) -> AbsoluteDates {
    AbsoluteDates(language: language(of: message), today: message.day)
  }

  /// A greeting, a thank you, a yes: nothing but frequent words.
  func isSmallTalk(_ message: Transcript.Message) -> Bool {
    let language = language(of: message)
    return message.sentences.allSatisfy { sentence in
      sentence.words.allSatisfy { word in
        [language.greetings, language.thanks, language.common, language.positive].contains { $0.contains(word.folded) }
      }
    }
  }

  /// Words that say what a text is about, cut so that `allergy` and `allergic` meet, and `seat` and `seats`.
  func contentWords(_ text: String) -> Set<String> {
    var words: Set<String> = []
    for sentence in Sentence.split(text) {
      for word in sentence.words where word.folded.count > 2 && !isEmptyWord(word.folded) {
        let singular = word.folded.hasSuffix("s") ? word.folded.dropLast() : word.folded[...]
        words.insert(String(singular.prefix(5)))
      }
    }
    return words
  }

  private func isEmptyWord(_ word: String) -> Bool {
    language.common.contains(word) || Language.english.common.contains(word)
      || ["user", "user's", "about", "told", "said", "called"].contains(word)
  }
}
