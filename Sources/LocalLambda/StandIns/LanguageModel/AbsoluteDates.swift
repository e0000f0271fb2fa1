import GregorianCalendar

/// Makes the dates of a sentence absolute, from the day it was said: `tomorrow` becomes `tomorrow (2026-03-05)`.
struct AbsoluteDates {
  let language: Language
  let today: CivilDate?

  struct Found {
    /// The words of the sentence that say it.
    var range: Range<Int>
    var date: CivilDate
  }

  /// The sentence with each date written out behind its words, and the dates.
  func annotate(_ sentence: Sentence) -> (text: String, dates: [CivilDate]) {
    let found = find(in: sentence)
    var text = ""
    var position = sentence.text.startIndex
    for date in found {
      let end = sentence.words[date.range.upperBound - 1].text.endIndex
      text += sentence.text[position..<end]
      text += " (\(date.date.description))"
      position = end
    }
    return (text + sentence.text[position...], found.map(\.date))
  }

  /// The dates of a sentence, in order.
  func find(in sentence: Sentence) -> [Found] {
    guard let today else { return [] }
    var found: [Found] = []
    var index = 0
    while index < sentence.words.count {
      if let date = dayAndMonth(sentence, at: index, today) ?? relative(sentence, at: index, today)
        ?? inSomeDays(sentence, at: index, today) ?? weekday(sentence, at: index, today)
      {
        found.append(date)
        index = date.range.upperBound
      } else {
        index += 1
      }
    }
    return found
  }

  /// `Friday 6 March`, `6th of March 2026`, `March 6`, `6. März`, `le 14 avril`, `6 de marzo`.
  private func dayAndMonth(_ sentence: Sentence, at start: Int, _ today: CivilDate) -> Found? {
    let words = sentence.words
    var index = start
    if language.weekdays.keys.contains(words[index].folded) { index += 1 }
    guard index < words.count else { return nil }
    let day: Int
    let month: Int
    if let first = dayNumber(words[index]) {
      index += 1
      while index < words.count, language.dateConnectors.contains(words[index].folded) { index += 1 }
      guard index < words.count, let named = language.months[words[index].folded] else { return nil }
      (day, month) = (first, named)
    } else if language.tag == "en", let named = language.months[words[index].folded], index + 1 < words.count,
      let last = dayNumber(words[index + 1])
    {
      index += 1
      (day, month) = (last, named)
    } else {
      return nil
    }
    index += 1
    if index < words.count, words[index].isNumber, words[index].text.count == 4, let year = Int(words[index].text) {
      return CivilDate(year: year, month: month, day: day).map { Found(range: start..<(index + 1), date: $0) }
    }
    return today.nearest(month: month, day: day).map { Found(range: start..<index, date: $0) }
  }

  private func dayNumber(_ word: Sentence.Word) -> Int? {
    let digits = word.folded.prefix(while: \.isWholeNumber)
    let suffix = word.folded.dropFirst(digits.count)
    guard digits.count <= 2, ["", "st", "nd", "rd", "th", "er", "º", "ª", "°"].contains(suffix), let day = Int(digits)
    else {
      return nil
    }
    return (1...31).contains(day) ? day : nil
  }

  /// `tomorrow`, `day after tomorrow`, `übermorgen`.
  private func relative(_ sentence: Sentence, at start: Int, _ today: CivilDate) -> Found? {
    let words = sentence.words
    guard !isExcluded(sentence, start) else { return nil }
    for length in [3, 2, 1] where start + length <= words.count {
      let phrase = words[start..<(start + length)].map(\.folded).joined(separator: " ")
      if let days = language.relativeDays[phrase] {
        return Found(range: start..<(start + length), date: CivilDate(dayNumber: today.dayNumber + days))
      }
    }
    return nil
  }

  private func inSomeDays(_ sentence: Sentence, at start: Int, _ today: CivilDate) -> Found? {
    for pattern in language.inSomeDays {
      guard let match = pattern.match(at: start, in: sentence, language: language), match.captures.count == 2 else {
        continue
      }
      let number = match.captures[0].lowercased()
      guard let count = Int(number) ?? language.numberWords[number],
        let days = language.dayUnits[match.captures[1].lowercased()], count <= 1000
      else { continue }
      return Found(range: match.range, date: CivilDate(dayNumber: today.dayNumber + count * days))
    }
    return nil
  }

  private func weekday(_ sentence: Sentence, at index: Int, _ today: CivilDate) -> Found? {
    guard let weekday = language.weekdays[sentence.words[index].folded], !isExcluded(sentence, index) else {
      return nil
    }
    return Found(range: index..<(index + 1), date: today.next(weekday: weekday))
  }

  /// `guten Morgen` is no tomorrow, and `los lunes` is no one Monday.
  private func isExcluded(_ sentence: Sentence, _ index: Int) -> Bool {
    index > 0 && language.notADateAfter.contains(sentence.words[index - 1].folded)
  }
}
