extension Redactor {
  /// Reads a text word by word, and takes out what the words around it announce as a secret.
  struct Announcements {
    /// How many secrets were found.
    private(set) var count = 0
    /// The words so far, and the spaces between them.
    private var pieces: [String] = []
    /// The term that was read, when a secret may follow it.
    private var term: Term?
    /// The words just read, when they are the beginning of a term: `mot de`, `one-time`.
    private var beginning: String?
    private var earlier = EarlierNumber.none

    /// A word for a secret, and what followed it so far.
    private struct Term {
      let secret: Secret
      var link: Link
    }

    private enum Link {
      /// `password`
      case direct
      /// `PIN is`, `password to`
      case linked
      /// `password is`
      case said
      /// `password:`
      case colon
    }

    /// A number of which the words behind it may say that it is a code: `553421 is your one-time code`.
    private enum EarlierNumber {
      case none
      /// That piece is one.
      case number(at: Int)
      /// `is` was read, and in one of the next words the term has to come.
      case said(at: Int, words: Int)
    }

    mutating func redact(_ text: String) -> String {
      var index = text.startIndex
      while index < text.endIndex {
        let isSpace = text[index].isWhitespace
        let end = text[index...].firstIndex { $0.isWhitespace != isSpace } ?? text.endIndex
        let run = text[index..<end]
        if isSpace {
          pieces.append(String(run))
        } else {
          let redacted = if let assigned = redactAssignments(in: run) { assigned } else { redactWord(run) }
          pieces.append(redacted)
          lookBack(from: run, isRedacted: redacted != run)
        }
        index = end
      }
      return pieces.joined()
    }

    // MARK: Behind a term

    private mutating func redactWord(_ word: Substring) -> String {
      if word.utf8.contains(UInt8(ascii: "[")), word.contains(Redactor.mark) {
        (term, beginning) = (nil, nil)
        return String(word)
      }
      if Redactor.isSocialSecurityNumber(word) {
        (term, beginning) = (nil, nil)
        return masked(word)
      }
      if let term, let link = link(by: word, of: term) {
        self.term = Term(secret: term.secret, link: link)
        beginning = nil
        return String(word)
      }
      let isSecret = term.map { self.isSecret(word, $0.secret, $0.link) } ?? false
      let next = announcement(by: word, after: beginning)
      term = next.secret.map { Term(secret: $0, link: .direct) }
      beginning = next.beginning
      return isSecret ? masked(word) : String(word)
    }

    /// The mark in place of a word, before the punctuation that ends it.
    private mutating func masked(_ word: Substring) -> String {
      count += 1
      return Redactor.mark + (word.last.map { ".,;!?".contains($0) } == true ? word.suffix(1) : "")
    }

    /// How a word leads from the term to the secret; nil when it does not.
    private func link(by word: Substring, of term: Term) -> Link? {
      guard term.link != .colon else { return nil }
      if word == ":" || word == "=" { return .colon }
      let bare = bare(word)
      guard Redactor.linkWords.contains(bare), wholeTerm(endingWith: bare) == nil else { return nil }
      if word.last == ":" { return .colon }
      // With a full stop behind it the link leads nowhere: `what my password is. Can you help?`
      let isSaid =
        term.secret == .password && term.link == .direct && Redactor.sayingWords.contains(word.lowercased())
      return isSaid ? .said : .linked
    }

    // MARK: Terms

    /// What a word announces, by itself or as the end of a term, and the beginning of which term it may be.
    private func announcement(
      by word: Substring, isName: Bool = false, after beginning: String?
    ) -> (secret: Secret?, beginning: String?) {
      let bare = bare(word)
      if let beginning {
        let whole = "\(beginning) \(bare)"
        if Redactor.harmlessTerms.contains(whole) { return (nil, nil) }
        let longer = Redactor.beginnings.contains(whole) ? whole : nil
        let secret = Redactor.terms[whole]
        if secret != nil || longer != nil { return (secret, longer) }
      }
      // In capitals it is the number that a bank asks for.
      if bare == "tan" { return (word.contains("TAN") ? Secret.code : .doubtfulCode, nil) }
      let secret = Redactor.terms[bare] ?? (isName ? Redactor.assignedTerms[bare] : nil)
      return (secret ?? endOfCompound(bare, isName: isName), Redactor.beginnings.contains(bare) ? bare : nil)
    }

    private func wholeTerm(endingWith word: String) -> Secret? {
      beginning.flatMap { Redactor.terms["\($0) \(word)"] }
    }

    /// What the last words of a compound announce: `DB_PASSWORD`, `X-Api-Key`, `Wi-Fi-Passwort`. Only as a name it may
    /// be about a code, for there are bowling-pins as well.
    private func endOfCompound(_ word: String, isName: Bool) -> Secret? {
      let parts = word.split { $0 == "_" || $0 == "-" }
      guard parts.count > 1 else { return nil }
      for count in (1...min(3, parts.count)).reversed() {
        let words = parts.suffix(count).joined(separator: " ")
        if Redactor.harmlessTerms.contains(words) { return nil }
        guard let secret = Redactor.terms[words] ?? (isName ? Redactor.assignedTerms[words] : nil) else { continue }
        return isName || secret == .password || secret == .key ? secret : nil
      }
      return nil
    }

    // MARK: Assignments

    /// A word without what is assigned in it: `password:hunter2`, `{"user":"bob","password":"hunter2"}`,
    /// `?user=bob&password=hunter2`; nil when nothing is taken out of it, and nothing may follow it.
    private mutating func redactAssignments(in word: Substring) -> String? {
      // By bytes, as most words have none of the three signs; the last is the first byte of `：`.
      guard word.utf8.contains(where: { $0 == 0x3A || $0 == 0x3D || $0 == 0xEF }) else { return nil }
      // The punctuation behind the last value is none of its own.
      let end = word.lastIndex { !".,;?".contains($0) }.map { word.index(after: $0) } ?? word.startIndex
      var result = ""
      var copied = word.startIndex
      var nameStart = word.startIndex
      var isQuery = false
      var index = word.startIndex
      while index < word.endIndex {
        let next = word.index(after: index)
        switch word[index] {
        case ":", "=", "：":
          if let secret = secret(named: word[nameStart..<index], isFirst: nameStart == word.startIndex) {
            guard next < word.endIndex else {
              term = Term(secret: secret, link: .colon)
              beginning = nil
              result.append(contentsOf: word[copied...])
              return result
            }
            let value = value(in: word[next...], upTo: max(next, end), isQuery: isQuery)
            // Whatever a program's key is set to, by `=` or in quotes, is one.
            let isSet = secret == .key && (word[index] == "=" || value.startIndex > next)
            if !value.isEmpty, !value.hasPrefix(Redactor.mark), isSet || isSecret(value, secret, .colon) {
              result.append(contentsOf: word[copied..<value.startIndex])
              result += Redactor.mark
              count += 1
              copied = value.endIndex
              nameStart = value.endIndex
              index = value.endIndex
              continue
            }
          }
          nameStart = next
          isQuery = false
        case "&", "?":
          nameStart = next
          isQuery = true
        case ",", ";", "{", "[", "(", "|", "/":
          nameStart = next
          isQuery = false
        default: break
        }
        index = next
      }
      guard copied > word.startIndex else { return nil }
      (term, beginning) = (nil, nil)
      result.append(contentsOf: word[copied...])
      return result
    }

    private func secret(named name: Substring, isFirst: Bool) -> Secret? {
      let bare = bare(name)
      // `PIN code:` is still about the PIN.
      if isFirst, term != nil, Redactor.linkWords.contains(bare), wholeTerm(endingWith: bare) == nil { return nil }
      return announcement(by: name, isName: true, after: isFirst ? beginning : nil).secret
    }

    /// What is assigned: what stands in quotes, the parameter of a URL, or else the rest of the word up to its end.
    private func value(in rest: Substring, upTo end: String.Index, isQuery: Bool) -> Substring {
      if let quote = rest.first, quote == "\"" || quote == "'" { return rest.dropFirst().prefix { $0 != quote } }
      if isQuery { return rest.prefix { $0 != "&" && $0 != "#" && $0 != "?" } }
      return rest[..<end]
    }

    // MARK: Codes before their term

    /// Takes out an earlier number that this word calls a code.
    private mutating func lookBack(from word: Substring, isRedacted: Bool) {
      func isEnd() -> Bool { word.last?.isPunctuation == true }
      if case .said(let piece, let words) = earlier {
        if let term, term.secret == .code || term.secret == .plainCode {
          pieces[piece] = Redactor.mark
          count += 1
          earlier = .none
          return
        }
        // Behind `is your` the term may take its time, behind `is the` it has to follow.
        let left = words == Self.wordsBeforeTerm && !Redactor.possessives.contains(word.lowercased()) ? 1 : words - 1
        // `4711 is my order number and the code …` has said what it is.
        let isNamed = ["number", "nummer"].contains(word.lowercased())
        earlier = left > 0 && !isNamed && !isEnd() ? .said(at: piece, words: left) : .none
        if case .said = earlier { return }
      }
      if case .number(let piece) = earlier, Redactor.sayingWords.contains(word.lowercased()) {
        earlier = .said(at: piece, words: Self.wordsBeforeTerm)
      } else if !isRedacted, isNumber(word, of: 4...8), !isEnd() {
        earlier = .number(at: pieces.count - 1)
      } else {
        earlier = .none
      }
    }

    private static let wordsBeforeTerm = 6

    // MARK: The looks of secrets

    /// No key is longer. What is longer is not even looked at: the rest of a long word may be many a value in turn.
    private static let longestKey = 4096

    private func isSecret(_ word: Substring, _ secret: Secret, _ link: Link) -> Bool {
      switch (secret, link) {
      case (.key, .direct): isKeyLike(word, length: 16, oddities: 5)
      case (.key, .colon): isKeyLike(word, length: 8, oddities: 1) || isNumber(word, of: 6...8)
      case (.key, _): isKeyLike(word, length: 8, oddities: 2) || isNumber(word, of: 6...8)
      case (.plainCode, .direct): isNumber(word, of: 6...8)
      case (.plainCode, _): isNumber(word, of: 4...8)
      case (_, .colon): true
      case (_, .said): isMixed(word) || !isOrdinary(word)
      case (_, .linked): isMixed(word)
      case (.doubtfulCode, .direct): false
      case (_, .direct): word.contains { $0.isNumber }
      }
    }

    private func bare(_ word: Substring) -> String {
      word.trimmed { $0.isPunctuation }.lowercased()
    }

    /// What people say of a password, or nothing but punctuation.
    private func isOrdinary(_ word: Substring) -> Bool {
      let bare = bare(word)
      return bare.isEmpty || Redactor.ordinaryWords.contains(bare)
    }

    /// More than a plain word: digits or signs in it, or capitals within.
    private func isMixed(_ word: Substring) -> Bool {
      let bare = word.trimmed { ".,;!?\"'".contains($0) }
      return bare.contains { !$0.isLetter } || bare.dropFirst().contains { $0.isUppercase }
    }

    /// `553421`, `553-421`, `G-553421`
    private func isNumber(_ word: Substring, of digits: ClosedRange<Int>) -> Bool {
      guard word.utf8.count <= Self.longestKey, word.utf8.contains(where: \.isDigit) else { return false }
      var bare = word.trimmed { ".,;:!?\"'`()<>".contains($0) }
      if bare.first?.isLetter == true, bare.dropFirst().first == "-" { bare = bare.dropFirst(2) }
      let count = bare.utf8.count(where: \.isDigit)
      let hyphens = bare.utf8.count { $0 == UInt8(ascii: "-") }
      return digits.contains(count) && hyphens <= 1 && count + hyphens == bare.utf8.count
    }

    /// Whether a word looks like a key: of some length, of keys' characters, and as odd as no word is, by its digits
    /// and the capitals within it.
    private func isKeyLike(_ word: Substring, length: Int, oddities: Int) -> Bool {
      guard word.utf8.count <= Self.longestKey else { return false }
      let bytes = Array(word.trimmed { ".,;!?\"'`()<>".contains($0) }.utf8)
      guard bytes.count >= length, bytes.allSatisfy({ $0.isKeyCharacter || $0 == UInt8(ascii: "=") }),
        bytes.contains(where: { $0.isSmallLetter || $0.isCapital })
      else { return false }
      return bytes.count(where: \.isDigit) + Redactor.capitalsWithin(bytes) >= oddities
    }
  }
}
