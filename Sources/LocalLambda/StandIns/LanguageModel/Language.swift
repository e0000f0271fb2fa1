/// What the stand-in knows of one language: word lists and phrases, no code.
struct Language: Sendable {
  /// BCP 47.
  let tag: String
  /// Frequent words: they tell the language, and are no names.
  let common: Set<String>
  /// Words that start a new clause without a comma.
  var clauseStarts: Set<String> = []
  let numberWords: [String: Int]
  /// Lower case, Monday is 0.
  let weekdays: [String: Int]
  let months: [String: Int]
  /// Days from today, phrases of several words included.
  let relativeDays: [String: Int]
  /// Words between a day's number and its month.
  var dateConnectors: Set<String> = []
  /// After these words a weekday or `relativeDays` word is no date (`guten Morgen`, `los lunes`).
  var notADateAfter: Set<String> = []
  /// `in three days`, with the number captured; then days for a unit.
  var inSomeDays: [PhrasePattern] = []
  var dayUnits: [String: Int] = [:]
  let greetings: Set<String>
  let positive: Set<String>
  let negative: Set<String>
  let thanks: Set<String>
  /// Where one stands, something in the message is not for keeping.
  let secrets: Set<String>
  /// What tries to give the model orders.
  let injections: [PhrasePattern]
  /// "forget what I said about …".
  let forget: [PhrasePattern]
  /// Words that say something known is different now.
  let changes: Set<String>
  /// Words of a finished booking or change in an assistant's message.
  let booked: Set<String>
  let facts: [FactRule]
  /// "I'll send it tomorrow", for either side.
  let promises: [PhrasePattern]
  /// What asks for something to be done.
  let requests: [PhrasePattern]
  let done: [PhrasePattern]
  let dropped: [PhrasePattern]
  /// Words of a topic, by its name.
  let topics: [Topic]
  /// `my` → `their`: whose it is, seen from outside.
  var pronouns: [String: String] = [:]
  let reply: Reply

  struct Topic: Sendable {
    let name: String
    let words: Set<String>
  }

  /// The sentences that the stand-in replies with.
  struct Reply: Sendable {
    let noted: String
    let question: String
    let remembered: String
  }

  /// Whether a word is capitalised at times and still no name.
  func isNeverAName(_ word: String) -> Bool {
    common.contains(word) || greetings.contains(word) || weekdays[word] != nil || months[word] != nil
      || relativeDays[word] != nil
  }
}

extension Language {
  /// All that it speaks.
  static let all = [english, german, french, spanish, portuguese, italian]

  /// Every language's names of months, for telling `6. März` from the end of a sentence.
  static let monthNames = Set(all.flatMap(\.months.keys))

  /// The language of some sentences: the one with most of its frequent words in them.
  static func guess(_ sentences: [Sentence], otherwise: Language = english) -> Language {
    var best = (score: 0, language: otherwise)
    for language in all {
      var score = 0
      for sentence in sentences {
        for word in sentence.words {
          if language.common.contains(word.folded) { score += 2 }
          if language.greetings.contains(word.folded) || language.thanks.contains(word.folded) { score += 2 }
          if language.weekdays.keys.contains(word.folded) { score += 1 }
        }
      }
      if score > best.score { best = (score, language) }
    }
    return best.language
  }

  /// Patterns, as the lists below write them.
  static func phrases(_ written: String...) -> [PhrasePattern] { written.map(PhrasePattern.init) }

  /// `a b c` as a set.
  static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }

  /// Names in order, counted from a number: weekdays from 0, months from 1. `/` parts two names of one.
  static func numbered(_ text: String, from first: Int) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for (index, names) in text.split(separator: " ").enumerated() {
      for name in names.split(separator: "/") { numbers[String(name)] = first + index }
    }
    return numbers
  }
}
