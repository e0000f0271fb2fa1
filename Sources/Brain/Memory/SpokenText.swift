/// A message's text, in the form in which what an item says is looked up in it.
///
/// It is searched byte by byte: a model may name every message of a window as the evidence of every item.
struct SpokenText {
  /// In lower case.
  private let text: [UInt8]
  /// Without all that may stand between the digits of a number, as in `+1 202 555-0170` and `1,000`.
  private let compact: [UInt8]

  init(_ text: String) {
    let lowercased = text.lowercased()
    self.text = Array(lowercased.utf8)
    compact = Array(lowercased.filter { $0.isLetter || $0.isNumber }.utf8)
  }

  fileprivate func says(_ part: some StringProtocol) -> Bool { Self.holds(text, Array(part.utf8)) }

  fileprivate func says(number: some StringProtocol) -> Bool { Self.holds(compact, Array(number.utf8)) }

  private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard let first = part.first, part.count <= text.count else { return false }
    return (0...text.count - part.count).contains { start in
      text[start] == first && text[start..<start + part.count].elementsEqual(part)
    }
  }
}

/// The messages that are an item's evidence.
extension [SpokenText] {
  /// Whether they say the numbers and the e-mail addresses of `text`.
  ///
  /// Of a relative date nobody has said what the model makes of it: whole dates and years are not looked for, nor the
  /// numbers of `dates`, from and to which the item holds.
  func prove(_ text: String, dates: [String]) -> Bool {
    let ofDates = dates.flatMap { $0.split(separator: "-") }
    let numbers = Self.numbers(of: text).filter { !ofDates.contains($0) }
    return numbers.allSatisfy { number in contains { $0.says(number: number) } }
      && Self.addresses(of: text).allSatisfy { address in contains { $0.says(address) } }
  }

  /// Whether they say one word of a name at least: of a word its first four letters, for many languages inflect names.
  func mention(_ name: String) -> Bool {
    let name = name.lowercased()
    let words: [Substring] = name.split { !($0.isLetter || $0.isNumber) }.filter { $0.count > 2 }
    let parts: [Substring] = words.map { word in word.contains(where: \.isNumber) ? word : word.prefix(4) }
    return contains { spoken in
      parts.isEmpty ? spoken.says(name) : parts.contains { part in spoken.says(part) }
    }
  }

  /// The numbers of two digits and more, without years and dates as `2026-03-06`.
  private static func numbers(of text: String) -> [Substring] {
    var numbers: [Substring] = []
    for piece in text.split(whereSeparator: { $0 != "-" && !$0.isDigit }) where !Timestamp.isDate(String(piece)) {
      numbers += piece.split(separator: "-").filter { $0.count > 1 && !isYear($0) }
    }
    return numbers
  }

  private static func isYear(_ number: Substring) -> Bool {
    number.count == 4 && (number.hasPrefix("19") || number.hasPrefix("20"))
  }

  private static func addresses(of text: String) -> [Substring] {
    text.lowercased().split(whereSeparator: \.isWhitespace).map(\.trimmedToWord).filter { $0.contains("@") }
  }
}

extension Character {
  fileprivate var isDigit: Bool { isASCII && isNumber }
}

extension Substring {
  /// Without the punctuation around it.
  var trimmedToWord: Substring {
    var word = drop { !($0.isLetter || $0.isNumber) }
    while let last = word.last, !(last.isLetter || last.isNumber) { word.removeLast() }
    return word
  }
}
