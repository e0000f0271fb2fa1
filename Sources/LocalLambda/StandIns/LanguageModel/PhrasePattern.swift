/// What a sentence is compared with: words, and places to take something from.
///
///     my name is|'s <name>         a word, or one of several
///     i am really? called <Name>   `?` after a word: it may be missing
///     my <sister|brother> <Name>   what stood in such places is captured, in order
///     ^this is <Name>              `^`: at a sentence's first word
///     !not|never allergic to <all> `!`: not behind one of these words
///
/// | place | takes |
/// | --- | --- |
/// | `<name>` | a name: up to three capitalised words, or one word in small letters |
/// | `<Name>` | a name in capitals only |
/// | `<rest>` | the words up to the end of the clause |
/// | `<all>` | the words up to the end of the sentence |
/// | `<number>` | digits, or a number word |
/// | `<word>` | any one word |
/// | `<a\|b>` | one of these words |
struct PhrasePattern: Sendable {
  enum Part: Sendable {
    case words(Set<String>, optional: Bool)
    case choice(Set<String>)
    case name(strict: Bool)
    case rest
    case all
    case number
    case word
  }

  let parts: [Part]
  /// The pattern starts with `^`: only at a sentence's first word.
  let isAnchored: Bool
  /// Words before the match that turn its meaning around.
  let notBehind: Set<String>

  init(_ written: String) {
    isAnchored = written.hasPrefix("^")
    let words = written.drop { $0 == "^" }.split(separator: " ")
    let turning = words.first { $0.hasPrefix("!") } ?? ""
    notBehind = Self.alternatives(turning.dropFirst())
    parts = words.drop { $0.hasPrefix("!") }.map { part in
      switch part {
      case "<name>": return .name(strict: false)
      case "<Name>": return .name(strict: true)
      case "<rest>": return .rest
      case "<all>": return .all
      case "<number>": return .number
      case "<word>": return .word
      default:
        if part.hasPrefix("<"), part.hasSuffix(">") { return .choice(Self.alternatives(part.dropFirst().dropLast())) }
        let isOptional = part.hasSuffix("?")
        return .words(Self.alternatives(isOptional ? part.dropLast() : part), optional: isOptional)
      }
    }
  }

  private static func alternatives(_ text: Substring) -> Set<String> {
    Set(text.split(separator: "|").map(String.init))
  }

  /// What a match took, with the words it spans.
  struct Match {
    var captures: [String]
    var range: Range<Int>
  }

  /// The first match in a sentence.
  func match(in sentence: Sentence, language: Language) -> Match? {
    for start in sentence.words.indices {
      if let found = match(at: start, in: sentence, language: language) { return found }
      if isAnchored { return nil }
    }
    return nil
  }

  /// The match that begins at this word of a sentence.
  func match(at start: Int, in sentence: Sentence, language: Language) -> Match? {
    if start > 0 {
      guard !isAnchored, !notBehind.contains(sentence.words[start - 1].folded) else { return nil }
    }
    var captures: [String] = []
    guard let end = match(parts[...], at: start, in: sentence, language: language, captures: &captures) else {
      return nil
    }
    return Match(captures: captures, range: start..<end)
  }

  private func match(
    _ parts: ArraySlice<Part>, at index: Int, in sentence: Sentence, language: Language, captures: inout [String]
  ) -> Int? {
    guard let part = parts.first else { return index }
    let rest = parts.dropFirst()
    let words = sentence.words
    switch part {
    case .words(let alternatives, let isOptional):
      if index < words.count, alternatives.contains(words[index].folded),
        let end = match(rest, at: index + 1, in: sentence, language: language, captures: &captures)
      {
        return end
      }
      return isOptional ? match(rest, at: index, in: sentence, language: language, captures: &captures) : nil
    default:
      guard let end = span(of: part, at: index, in: sentence, language: language), end > index else { return nil }
      captures.append(sentence.text(index..<end))
      return match(rest, at: end, in: sentence, language: language, captures: &captures)
    }
  }

  /// Where a captured part ends; nil when it is not there.
  private func span(of part: Part, at start: Int, in sentence: Sentence, language: Language) -> Int? {
    let words = sentence.words
    guard start < words.count else { return nil }
    switch part {
    case .words: return nil
    case .choice(let alternatives): return alternatives.contains(words[start].folded) ? start + 1 : nil
    case .word: return start + 1
    case .number:
      let isNumber = words[start].isNumber || language.numberWords.keys.contains(words[start].folded)
      return isNumber ? start + 1 : nil
    case .all: return words.count
    case .rest:
      var end = start
      while end < words.count {
        if end > start, language.clauseStarts.contains(words[end].folded) { break }
        end += 1
        if words[end - 1].endsClause { break }
      }
      return end
    case .name(let isStrict):
      if !isStrict, !words[start].isCapitalised { return words[start].isNumber ? nil : start + 1 }
      var end = start
      while end < words.count, end - start < 3, words[end].isCapitalised, !language.isNeverAName(words[end].folded) {
        end += 1
        if words[end - 1].endsClause { break }
      }
      return end > start ? end : nil
    }
  }
}
