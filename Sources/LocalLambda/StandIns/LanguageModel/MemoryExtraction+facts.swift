import GregorianCalendar

extension MemoryExtraction {
  /// What a user's message says by the phrases of its language, and by the shape of its words.
  mutating func findFacts(in message: Transcript.Message) {
    guard let ref = message.ref else { return }
    let language = language(of: message)
    let dates = dates(of: message)
    for sentence in message.sentences {
      if let subject = subjectToForget(sentence, language) {
        forget(subject, language, ref)
        continue
      }
      let isDated = !dates.find(in: sentence).isEmpty
      for rule in language.facts {
        // Several patterns of one rule say the same: the first that fits counts.
        for pattern in rule.patterns {
          guard let match = pattern.match(in: sentence, language: language) else { continue }
          let captured = match.captures.map { outside($0, language) }
          let dated = captured.map { isDated ? dates.annotate(Sentence($0[...])).text : $0 }
          add(
            MemoryAnswer.Fact(
              kind: rule.kind, text: rule.fill(dated), validFrom: firstDate(sentence, dates), evidence: [ref]),
            by: rule, like: rule.shape(dated), at: message)
          if let entity = rule.entity, captured.indices.contains(entity.capture - 1) {
            addEntity(captured[entity.capture - 1], entity.type, ref)
          }
          break
        }
      }
      findAddresses(in: sentence, ref)
    }
  }

  /// E-mail addresses and telephone numbers.
  private mutating func findAddresses(in sentence: Sentence, _ ref: String) {
    var index = 0
    while index < sentence.words.count {
      let word = sentence.words[index]
      if word.text.contains("@"), word.text.contains(".") {
        add(MemoryAnswer.Fact(kind: .identity, text: "E-mail: \(word.text)", evidence: [ref]))
      }
      var end = index
      while end < sentence.words.count, sentence.words[end].isPartOfPhoneNumber { end += 1 }
      let digits = sentence.words[index..<end].joined(\.text).filter(\.isNumber).count
      if (8...15).contains(digits), word.text.hasPrefix("+") || word.text.hasPrefix("0") {
        let number = sentence.text(index..<end)
        add(MemoryAnswer.Fact(kind: .identity, text: "Phone: \(number)", evidence: [ref]))
      }
      index = max(end, index + 1)
    }
  }

  /// Bookings, orders and parcels: whatever a reference is given for.
  mutating func findCodes(in index: Int) {
    let message = messages[index]
    guard let ref = message.ref else { return }
    let language = language(of: message)
    let dates = dates(of: message)
    let codes = message.sentences.flatMap { $0.codes }
    for code in codes { addEntity(code, .order, ref) }

    if message.isFromUser {
      for sentence in message.sentences where !sentence.codes.isEmpty && !isForgetting(sentence, language) {
        let text = capitalised(outsideFirst(dates.annotate(sentence).text, language))
        add(MemoryAnswer.Fact(kind: .fact, text: text, evidence: [ref]))
      }
      return
    }
    let words = Set(message.sentences.flatMap { $0.words.map(\.folded) })
    let isAboutLast = message.text.contains("same reference") || message.text.contains("gleiche Referenz")
    guard !codes.isEmpty || isAboutLast || (!words.isDisjoint(with: language.booked) && !allDates(message).isEmpty)
    else {
      return
    }
    var text = message.sentences.filter { !$0.isQuestion && !isCourtesy($0, language) }
      .map { dates.annotate($0).text }.joined(separator: " ")
    guard !text.isEmpty else { return }
    var evidence = [ref]
    if let asked = messages[..<index].last(where: { $0.isFromUser }), let askedRef = asked.ref {
      evidence.insert(askedRef, at: 0)
      let changed = !Set(asked.sentences.flatMap { $0.words.map(\.folded) }).isDisjoint(with: language.changes)
      if changed || isAboutLast || !words.isDisjoint(with: language.changes.union(Self.renewed)) {
        let before = answer.facts.last { $0.kind == .event && $0.validTo == nil && $0.evidence.count > 1 }
        if isAboutLast, let before {
          text = "\(before.text) \(text)"
          evidence = (before.evidence + evidence).uniqued()
        }
        endLastBooking(on: message, language)
      }
    }
    add(
      MemoryAnswer.Fact(
        kind: .event, text: text.cut(to: 280), validFrom: allDates(message).last?.description, evidence: evidence,
        replaces: codes.isEmpty ? nil : knownBooking(like: text, words: words, language)))
  }

  /// A later booking takes the place of the one before it in this conversation.
  private mutating func endLastBooking(on message: Transcript.Message, _ language: Language) {
    guard let last = answer.facts.lastIndex(where: { $0.kind == .event && $0.validTo == nil && $0.evidence.count > 1 })
    else { return }
    answer.facts[last].validTo = message.day?.description
    if message.day == nil { answer.facts.remove(at: last) }
  }

  /// A desk's words for a reference that takes another one's place.
  private static let renewed: Set = ["new", "neue", "nueva", "nuevo", "nouvelle", "nova", "novo", "nuova", "nuovo"]

  /// A known booking that a message changes.
  private func knownBooking(like text: String, words: Set<String>, _ language: Language) -> String? {
    guard !words.isDisjoint(with: language.changes.union(Self.renewed)) else {
      return nil
    }
    let about = contentWords(text)
    let known = transcript.knownFacts.filter { known in
      known.kind == "event" && !answer.facts.contains { $0.replaces == known.ref }
    }
    return known.max {
      about.intersection(contentWords($0.text)).count < about.intersection(contentWords($1.text)).count
    }?
    .ref
  }

  /// Adds a fact once.
  private mutating func add(_ fact: MemoryAnswer.Fact) {
    if let index = answer.facts.firstIndex(where: { $0.text == fact.text }) {
      answer.facts[index].evidence = (answer.facts[index].evidence + fact.evidence).uniqued()
    } else {
      answer.facts.append(fact)
    }
  }

  /// Adds what a rule found; of facts that there is one of at a time, a new one ends the old.
  private mutating func add(
    _ found: MemoryAnswer.Fact, by rule: FactRule, like shape: FactRule.Shape, at message: Transcript.Message
  ) {
    var fact = found
    if !answer.facts.contains(where: { $0.text == found.text }) {
      let known = transcript.knownFacts.first { known in
        ends(known.text, with: found.text, rule, shape) && !answer.retracted.contains { $0.ref == known.ref }
      }
      if let known { fact.replaces = known.ref }
      let old = answer.facts.lastIndex { $0.validTo == nil && ends($0.text, with: found.text, rule, shape) }
      if let old {
        if fact.replaces == answer.facts[old].replaces { answer.facts[old].replaces = nil }
        answer.facts[old].validTo = message.day?.description
        fact.validFrom = fact.validFrom ?? message.day?.description
        if message.day == nil { answer.facts.remove(at: old) }
      }
    }
    add(fact)
  }

  /// Whether a fact ends when a rule finds a new one.
  private func ends(_ old: String, with new: String, _ rule: FactRule, _ shape: FactRule.Shape) -> Bool {
    guard rule.number != .any, old != new, shape.fits(old) else { return false }
    guard rule.number == .oneOfAlike else { return true }
    let (before, now) = (contentWords(shape.rest(of: old)), contentWords(shape.rest(of: new)))
    // An aisle seat is no news after an aisle seat near the front.
    return !before.isDisjoint(with: now) && !now.isSubset(of: before)
  }

  mutating func addEntity(_ name: String, _ type: MemoryAnswer.Entity.Kind, _ ref: String) {
    if let index = answer.entities.firstIndex(where: { $0.name == name }) {
      answer.entities[index].evidence = (answer.entities[index].evidence + [ref]).uniqued()
    } else {
      answer.entities.append(MemoryAnswer.Entity(name: name, type: type, evidence: [ref]))
    }
  }

  /// Nothing is said twice: known facts are left out.
  mutating func leaveOutWhatIsKnown() {
    let known = Set(transcript.knownFacts.map(\.text))
    answer.facts.removeAll { known.contains($0.text) }
  }

  func allDates(_ message: Transcript.Message) -> [CivilDate] {
    let dates = dates(of: message)
    return message.sentences.flatMap { dates.find(in: $0).map(\.date) }
  }

  private func firstDate(_ sentence: Sentence, _ dates: AbsoluteDates) -> String? {
    dates.find(in: sentence).first?.date.description
  }

  /// A sentence that only says hello, sorry or thank you.
  func isCourtesy(_ sentence: Sentence, _ language: Language) -> Bool {
    let courtesy = language.greetings.union(language.thanks).union(["sorry", "leider", "désolé"])
    return sentence.words.count <= 4 && sentence.codes.isEmpty
      && sentence.words.contains { courtesy.contains($0.folded) }
      && !sentence.words.contains { $0.isNumber }
  }

  /// `my sister` as somebody else says it.
  private func outside(_ text: String, _ language: Language) -> String {
    guard !language.pronouns.isEmpty else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .map { language.pronouns[$0.lowercased()] ?? String($0) }.joined(separator: " ")
  }

  /// `my parcel` at the start of a sentence is the user's parcel.
  private func outsideFirst(_ text: String, _ language: Language) -> String {
    guard language.tag == "en" else { return text }
    let seen = [
      ("my ", "the user's "), ("our ", "the user's "), ("i'd like ", "the user would like "),
      ("i need ", "the user needs "),
      ("i want ", "the user wants "), ("i have ", "the user has "),
    ]
    guard let (own, others) = seen.first(where: { text.lowercased().hasPrefix($0.0) }) else { return text }
    return outside(others + text.dropFirst(own.count), language)
  }

  private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

extension Sentence {
  /// References: `AB12CD`, `4471-K`, `BB-90417`.
  var codes: [String] {
    words.filter { word in
      let letters = word.text.filter(\.isLetter)
      let digits = word.text.filter(\.isNumber)
      return (5...14).contains(word.text.count) && !letters.isEmpty && digits.count >= 2
        && letters.allSatisfy(\.isUppercase)
        && word.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }.map { String($0.text) }
  }
}

extension Sentence.Word {
  fileprivate var isPartOfPhoneNumber: Bool {
    text.allSatisfy { $0.isNumber || $0 == "+" || $0 == "-" || $0 == "/" } && text.contains(where: \.isNumber)
  }
}

extension Sequence {
  fileprivate func joined(_ part: (Element) -> Substring) -> String { map { String(part($0)) }.joined() }
}

extension Array where Element: Hashable {
  /// Each element once, in order.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

extension String {
  /// At most so many characters, cut at a word.
  func cut(to length: Int) -> String {
    guard count > length else { return self }
    let head = prefix(length - 1)
    let end = head.lastIndex(where: \.isWhitespace) ?? head.endIndex
    return head[..<end] + "…"
  }
}
