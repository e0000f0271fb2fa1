/// What must never reach a memory: secrets, and orders that a message gives to the model.
enum Sensitive {
  /// The sentences of a message that may be kept: those without a secret, and none of one that gives orders.
  static func keepable(_ sentences: [Sentence], language: Language) -> [Sentence] {
    guard !sentences.contains(where: givesOrders) else { return [] }
    var unfit: Set<Int> = []
    for (index, sentence) in sentences.enumerated() {
      let names = namesSecret(sentence, language: language)
      guard names || holdsSecret(sentence) else { continue }
      unfit.insert(index)
      // `Can you write the password down? It's Kestrel!42`: the secret stands behind, or alone before.
      if names, !tellsSecret(sentence) {
        unfit.insert(index + 1)
        if index > 0, sentences[index - 1].words.count <= 2 { unfit.insert(index - 1) }
      }
    }
    return sentences.indices.filter { !unfit.contains($0) }.map { sentences[$0] }
  }

  /// Words such as `password`.
  private static func namesSecret(_ sentence: Sentence, language: Language) -> Bool {
    sentence.words.contains {
      language.secrets.contains($0.folded) || Language.english.secrets.contains($0.folded)
    }
  }

  /// Whether a sentence that names a secret also tells it: passwords and PINs mostly have figures, and four characters.
  private static func tellsSecret(_ sentence: Sentence) -> Bool {
    holdsSecret(sentence) || sentence.words.contains { $0.text.count >= 4 && $0.text.contains(where: \.isNumber) }
  }

  /// What is a secret by itself: what the caller has redacted, card numbers, IBANs, keys.
  private static func holdsSecret(_ sentence: Sentence) -> Bool {
    sentence.words.contains { $0.folded.hasPrefix("redacted") || isKey($0.text) || isIBAN($0.text) }
      || isCardNumber(sentence)
  }

  /// "Ignore your instructions …", in any of the languages: attackers are polyglots.
  private static func givesOrders(_ sentence: Sentence) -> Bool {
    Language.all.contains { language in
      language.injections.contains { $0.match(in: sentence, language: language) != nil }
    }
  }

  /// `sk-…`, `ghp_…`, `AKIA…`, or something long that mixes all kinds of characters.
  private static func isKey(_ word: Substring) -> Bool {
    if ["sk-", "ghp_", "AKIA", "xoxb-", "pk_live", "sk_live"].contains(where: { word.hasPrefix($0) }), word.count >= 12
    {
      return true
    }
    return word.count >= 24 && !word.contains("@") && !word.contains("/") && word.contains(where: \.isNumber)
      && word.contains(where: \.isUppercase) && word.contains(where: \.isLowercase)
  }

  /// Two letters and two check digits with the remainder that ISO 7064 wants.
  private static func isIBAN(_ word: Substring) -> Bool {
    let letters = Array(word)
    guard (15...34).contains(letters.count), letters.prefix(2).allSatisfy(\.isUppercase),
      letters.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isLetter) })
    else { return false }
    var remainder = 0
    for letter in letters[4...] + letters[..<4] {
      guard let value = letter.hexOrBeyond else { return false }
      remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
    }
    return remainder == 1
  }

  /// 13 to 19 digits, spaces or not between them, with Luhn's sum.
  private static func isCardNumber(_ sentence: Sentence) -> Bool {
    var run: [Int] = []
    func isCard() -> Bool {
      guard (13...19).contains(run.count) else { return false }
      let sum = run.reversed().enumerated().reduce(0) { sum, item in
        let doubled = item.offset % 2 == 1 ? item.element * 2 : item.element
        return sum + (doubled > 9 ? doubled - 9 : doubled)
      }
      return sum % 10 == 0
    }
    for word in sentence.words {
      let digits = word.text.filter { $0 != "-" }.map(\.wholeNumberValue)
      if digits.contains(nil) {
        if isCard() { return true }
        run = []
      } else {
        run += digits.compactMap(\.self)
      }
    }
    return isCard()
  }
}

extension Character {
  /// `0`-`9` are 0-9, `A`-`Z` are 10-35.
  fileprivate var hexOrBeyond: Int? {
    if let digit = wholeNumberValue { return digit }
    guard let ascii = uppercased().first?.asciiValue, (65...90).contains(ascii) else { return nil }
    return Int(ascii) - 55
  }
}
