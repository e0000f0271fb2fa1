/// A sentence with its words, as the rules look at them.
struct Sentence: Sendable {
  /// One word: letters, digits, and what holds them together (`I'm`, `4471-K`, `19:30`, `a@b.de`, `+49`).
  struct Word: Sendable {
    /// As written.
    var text: Substring
    /// Lower case, with straight apostrophes.
    var folded: String
    /// A comma, colon, dash or bracket follows: a clause ends here.
    var endsClause: Bool

    var isCapitalised: Bool { text.first?.isUppercase == true }
    /// `250`, `9,000`, `3.4`.
    var isNumber: Bool {
      text.first?.isWholeNumber == true && text.allSatisfy { $0.isWholeNumber || $0 == "," || $0 == "." }
    }
  }

  /// As written, without white space around it.
  var text: Substring
  var words: [Word]

  var isQuestion: Bool { text.hasSuffix("?") || text.hasPrefix("¿") }
}

extension Sentence {
  /// The sentences of a message.
  static func split(_ message: String) -> [Sentence] {
    var sentences: [Sentence] = []
    var start = message.startIndex
    var index = message.startIndex
    func close(before end: String.Index, next: String.Index) {
      let sentence = Sentence(message[start..<end])
      if !sentence.words.isEmpty { sentences.append(sentence) }
      start = next
    }
    while index < message.endIndex {
      let next = message.index(after: index)
      switch message[index] {
      case "\n", "\r\n", ";": close(before: index, next: next)
      case "!", "?", "…":
        // An opening or a closing one inside a word (`Kestrel!42`) does not end a sentence.
        if next == message.endIndex || message[next].isWhitespace { close(before: next, next: next) }
      case ".":
        if next == message.endIndex
          || (message[next].isWhitespace && !isAbbreviation(message[start..<index], message[next...]))
        {
          close(before: next, next: next)
        }
      default: break
      }
      index = next
    }
    close(before: message.endIndex, next: message.endIndex)
    return sentences
  }

  /// `Dr.`, `z. B.`, and an ordinal before a lower-case word or a month (`6. März`).
  private static func isAbbreviation(_ before: Substring, _ after: Substring) -> Bool {
    let last = before[(before.lastIndex(where: \.isWhitespace).map(before.index(after:)) ?? before.startIndex)...]
    if ["Mr", "Mrs", "Ms", "Dr", "St", "Nr", "Str", "No", "Sr", "Sra", "Dra", "bzw", "ca", "Tel"].contains(last) {
      return true
    }
    if last.count == 1, last.first?.isLetter == true { return true }
    guard (1...2).contains(last.count), last.allSatisfy(\.isWholeNumber) else { return false }
    let following = after.drop { !$0.isLetter }.prefix { $0.isLetter }.lowercased()
    return Language.monthNames.contains(following)
  }

  init(_ raw: Substring) {
    text = raw[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    words = []
    var index = text.startIndex
    while index < text.endIndex {
      guard text[index].isWordPart else {
        if !text[index].isWhitespace, text[index].endsClause, !words.isEmpty {
          words[words.count - 1].endsClause = true
        }
        index = text.index(after: index)
        continue
      }
      var end = index
      while end < text.endIndex, text[end].isWordPart || text.joins(at: end) { end = text.index(after: end) }
      let word = text[index..<end]
      words.append(
        Word(text: word, folded: word.lowercased().replacing("’", with: "'"), endsClause: false))
      index = end
    }
  }

  /// The text from one word to another, punctuation between them included.
  func text(_ range: Range<Int>) -> String {
    guard let first = words[range].first, let last = words[range].last else { return "" }
    return String(text[first.text.startIndex..<last.text.endIndex])
  }
}

extension Character {
  fileprivate var isWordPart: Bool {
    isLetter || isNumber || self == "+" || self == "#" || self == "€" || self == "$" || self == "£" || self == "%"
  }
  fileprivate var endsClause: Bool { [",", ":", "(", ")", "–", "—", "\"", "«", "»", "“", "”"].contains(self) }
}

extension Substring {
  /// Whether the mark at this place holds two parts of one word together: `I'm`, `19:30`, `4471-K`, `a@b.de`.
  fileprivate func joins(at index: Index) -> Bool {
    guard ["'", "’", "-", "_", "@", ".", ":", "/", ",", "!"].contains(self[index]), index > startIndex else {
      return false
    }
    let next = self.index(after: index)
    guard next < endIndex, self[next].isLetter || self[next].isNumber else { return false }
    let previous = self[self.index(before: index)]
    switch self[index] {
    case ",", ":": return previous.isNumber && self[next].isNumber
    default: return previous.isLetter || previous.isNumber
    }
  }
}
