/// Takes secrets out of a text before anybody else sees it: passwords and one-time codes after words that announce
/// them, card and account numbers with good check digits, social security numbers, and keys of well-known services.
struct Redactor {
  static let mark = "[redacted]"

  /// How many secrets were found so far.
  private(set) var count = 0

  /// `text` with a mark in place of each secret.
  mutating func redact(_ text: String) -> String {
    let text = Self.withoutPaymentNumbers(text, count: &count)
    var result = ""
    var cue = Cue.none
    var index = text.startIndex
    while index < text.endIndex {
      let isSpace = text[index].isWhitespace
      let end = text[index...].firstIndex { $0.isWhitespace != isSpace } ?? text.endIndex
      let run = text[index..<end]
      result += isSpace ? String(run) : redactWord(run, &cue)
      index = end
    }
    return result
  }

  // MARK: Passwords and codes

  /// What the words before a word say about it.
  private enum Cue: Equatable {
    case none
    /// The beginning of a phrase that announces a secret: `mot de`, `one-time`
    case phrase(String)
    /// `tan`, which is a colour as well
    case doubtful
    /// `PIN`, `one-time code`
    case code
    /// `password`
    case password
    /// `PIN is`, `password to`
    case linked
    /// `password is`
    case said
    /// `password:`
    case colon
  }

  private mutating func redactWord(_ word: Substring, _ cue: inout Cue) -> String {
    if word.contains(Self.mark) {
      cue = .none
      return String(word)
    }
    if isKey(word) || isSocialSecurityNumber(word) {
      cue = .none
      return masked(word)
    }
    // `password:hunter2` in one word
    if let separator = word.firstIndex(where: { ":=：".contains($0) }), isCue(word[..<separator], after: cue) {
      let secret = word[word.index(after: separator)...]
      guard !secret.isEmpty else {
        cue = .colon
        return String(word)
      }
      cue = .none
      count += 1
      return word[...separator] + Self.mark
    }
    let next = announcement(in: word, after: cue)
    let bare = bare(word)
    switch cue {
    case .none, .phrase:
      cue = next
      return String(word)
    case .doubtful, .code, .password, .linked, .said:
      if word == ":" || word == "=" {
        cue = .colon
        return String(word)
      }
      if Self.linkWords.contains(bare) {
        // With a full stop behind it the link leads nowhere: `what my password is. Can you help?`
        let isSaid = cue == .password && Self.sayingWords.contains(word.lowercased())
        cue = word.last == ":" ? .colon : isSaid ? .said : .linked
        return String(word)
      }
    case .colon: break
    }
    let isSecret =
      switch cue {
      case .colon: true
      case .said: isMixed(word) || !(bare.isEmpty || Self.ordinaryWords.contains(bare))
      case .linked: isMixed(word)
      case .code, .password: word.contains { $0.isNumber }
      case .doubtful, .phrase, .none: false
      }
    cue = next
    return isSecret ? masked(word) : String(word)
  }

  /// The mark in place of a word, before the punctuation that ends it.
  private mutating func masked(_ word: Substring) -> String {
    count += 1
    return Self.mark + (word.last.map { ".,;!?".contains($0) } == true ? word.suffix(1) : "")
  }

  /// What a word says of the next one, by itself or as the end of a phrase.
  private func announcement(in word: Substring, after cue: Cue) -> Cue {
    let bare = bare(word)
    if case .phrase(let beginning) = cue {
      let whole = Self.announcement(of: "\(beginning) \(bare)")
      if whole != .none { return whole }
    }
    // In capitals it is the number that a bank asks for.
    if bare == "tan" { return word.contains("TAN") ? .code : .doubtful }
    return Self.announcement(of: bare)
  }

  private static func announcement(of term: String) -> Cue {
    if passwordTerms.contains(term) { return .password }
    if codeTerms.contains(term) { return .code }
    return beginnings.contains(term) ? .phrase(term) : .none
  }

  private func isCue(_ word: Substring, after cue: Cue) -> Bool {
    switch announcement(in: word, after: cue) {
    case .password, .code, .doubtful: true
    default: false
    }
  }

  private func bare(_ word: Substring) -> String {
    word.lowercased().trimmed { $0.isPunctuation }
  }

  /// More than a plain word: digits or signs in it, or capitals within.
  private func isMixed(_ word: Substring) -> Bool {
    let bare = String(word).trimmed { ".,;!?\"'".contains($0) }
    return bare.contains { !$0.isLetter } || bare.dropFirst().contains { $0.isUppercase }
  }

  /// `123-45-6789`, by the numbers that the United States give out.
  private func isSocialSecurityNumber(_ word: Substring) -> Bool {
    let parts = String(word).trimmed { $0.isPunctuation }.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [3, 2, 4],
      parts.allSatisfy({ part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return false }
    return parts[0] != "000" && parts[0] != "666" && parts[0].first != "9" && parts[1] != "00" && parts[2] != "0000"
  }

  // MARK: Keys

  private static let keyPrefixes = [
    "sk-", "sk_live_", "sk_test_", "pk_live_", "rk_live_", "AKIA", "ASIA", "ghp_", "gho_", "ghs_", "github_pat_",
    "glpat-", "xoxb-", "xoxp-", "AIza", "eyJ",
  ]

  private func isKey(_ word: Substring) -> Bool {
    let bare = String(word).trimmed { ".,;!?\"'`()<>".contains($0) }
    let ofKeyCharacters = bare.utf8.allSatisfy { byte in
      Character(Unicode.Scalar(byte)).isLetter && byte < 0x80 || (0x30...0x39).contains(byte)
        || "-_./+=".utf8.contains(byte)
    }
    guard ofKeyCharacters, bare.utf8.count >= 16 else { return false }
    if Self.keyPrefixes.contains(where: bare.hasPrefix) { return true }
    return bare.utf8.count >= 32 && !bare.contains("/") && bare.contains { $0.isNumber }
      && bare.contains { $0.isLowercase } && bare.contains { $0.isUppercase }
  }
}

extension String {
  fileprivate func trimmed(_ isMargin: (Character) -> Bool) -> String {
    var text = self[...]
    while let first = text.first, isMargin(first) { text.removeFirst() }
    while let last = text.last, isMargin(last) { text.removeLast() }
    return String(text)
  }
}
