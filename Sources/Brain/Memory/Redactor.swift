/// Takes secrets out of a text before anybody else sees it: passwords after a word that announces them, card numbers
/// with a good check digit, and keys of well-known services.
struct Redactor {
  static let mark = "[redacted]"

  /// How many secrets were found so far.
  private(set) var count = 0

  /// `text` with a mark in place of each secret.
  mutating func redact(_ text: String) -> String {
    let withoutCards = redactCards(text)
    var result = ""
    var cue = Cue.none
    var index = withoutCards.startIndex
    while index < withoutCards.endIndex {
      let isSpace = withoutCards[index].isWhitespace
      let end = withoutCards[index...].firstIndex { $0.isWhitespace != isSpace } ?? withoutCards.endIndex
      let run = withoutCards[index..<end]
      result += isSpace ? String(run) : redactWord(run, &cue)
      index = end
    }
    return result
  }

  // MARK: Passwords

  /// What the words before a word say about it.
  private enum Cue {
    case none
    /// `mot`, `mot de`
    case phrase
    /// `password`
    case word
    /// `password is`
    case linked
    /// `password:`
    case colon
  }

  private static let cueWords: Set<String> = [
    "password", "passwd", "passcode", "passphrase", "pwd", "pin", "otp", "tan", "cvv", "cvc", "passwort", "kennwort",
    "contraseña", "contrasena", "clave", "senha", "parola", "wachtwoord", "hasło", "пароль", "şifre", "密码", "密碼",
    "パスワード", "비밀번호",
  ]
  private static let linkWords: Set<String> = [
    "is", "was", "ist", "lautet", "war", "es", "est", "è", "é", "jest", "это", "是", "to", "my", "code", "nummer",
    "number", "the",
  ]

  private mutating func redactWord(_ word: Substring, _ cue: inout Cue) -> String {
    if word == Self.mark { return String(word) }
    if isKey(word) {
      cue = .none
      count += 1
      return Self.mark
    }
    // `password:hunter2` in one word
    if let separator = word.firstIndex(where: { ":=：".contains($0) }), isCue(word[..<separator]) {
      let secret = word[word.index(after: separator)...]
      guard !secret.isEmpty else {
        cue = .colon
        return String(word)
      }
      cue = .none
      count += 1
      return word[...separator] + Self.mark
    }
    let bare = word.lowercased().trimmed { $0.isPunctuation }
    switch cue {
    case .none where isCue(word): cue = .word
    case .none: cue = bare == "mot" ? .phrase : .none
    case .phrase: cue = bare == "de" ? .phrase : bare == "passe" ? .word : .none
    case .word where word == ":" || word == "=", .linked where word == ":" || word == "=": cue = .colon
    case .word where Self.linkWords.contains(bare), .linked where Self.linkWords.contains(bare):
      cue = word.last == ":" ? .colon : .linked
    case .word, .linked, .colon:
      let looksSecret =
        switch cue {
        case .colon: true
        case .linked: isMixed(word)
        default: word.contains { $0.isNumber }
        }
      cue = isCue(word) ? .word : .none
      guard looksSecret else { return String(word) }
      count += 1
      return Self.mark + (word.last.map { ".,;!?".contains($0) } == true ? word.suffix(1) : "")
    }
    return String(word)
  }

  private func isCue(_ word: Substring) -> Bool {
    Self.cueWords.contains(word.lowercased().trimmed { $0.isPunctuation })
  }

  /// More than a plain word: digits or signs in it, or capitals within.
  private func isMixed(_ word: Substring) -> Bool {
    let bare = String(word).trimmed { ".,;!?\"'".contains($0) }
    return bare.contains { !$0.isLetter } || bare.dropFirst().contains { $0.isUppercase }
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

  // MARK: Cards

  /// Replaces runs of 13 to 19 digits, single spaces or hyphens between them, whose last one is a good check digit.
  private mutating func redactCards(_ text: String) -> String {
    guard text.utf8.count(where: { (0x30...0x39).contains($0) }) >= 13 else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      guard isDigit(scalars[index]), index == 0 || !isPartOfWord(scalars[index - 1]) else {
        result.append(scalars[index])
        index += 1
        continue
      }
      var digits: [Int] = []
      var end = index
      var cursor = index
      while cursor < scalars.count {
        if isDigit(scalars[cursor]) {
          digits.append(Int(scalars[cursor].value) - 0x30)
          end = cursor + 1
        } else if !(scalars[cursor] == " " || scalars[cursor] == "-") || cursor != end {
          break
        }
        cursor += 1
      }
      let isFree = end == scalars.count || !isPartOfWord(scalars[end])
      if isFree, (13...19).contains(digits.count), Self.passesLuhn(digits) {
        result.append(contentsOf: Self.mark.unicodeScalars)
        count += 1
      } else {
        result.append(contentsOf: scalars[index..<end])
      }
      index = end
    }
    return String(result)
  }

  static func passesLuhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let weighted = index % 2 == 1 ? digit * 2 : digit
      sum += weighted > 9 ? weighted - 9 : weighted
    }
    return sum % 10 == 0
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

  /// A digit behind `+` belongs to a telephone number, one behind a letter to a reference.
  private func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "+" || scalar == "_" || scalar.properties.isAlphabetic || isDigit(scalar)
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
