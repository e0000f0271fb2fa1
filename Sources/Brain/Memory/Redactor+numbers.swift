/// Numbers that prove themselves, by their check digits or by how they are given out.
extension Redactor {
  /// `text` with a mark in place of each card number and each account number, which are added to `count`.
  static func withoutPaymentNumbers(_ text: String, count: inout Int) -> String {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count(where: { $0.decimal != nil }) >= 10 else { return text }
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let isStart = index == 0 || !isPartOfWord(scalars[index - 1])
      if isStart, let end = endOfAccountNumber(in: scalars, from: index) ?? endOfCardNumber(in: scalars, from: index) {
        result.append(contentsOf: mark.unicodeScalars)
        count += 1
        index = end
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return String(result)
  }

  /// `123-45-6789`, by the numbers that the United States give out.
  static func isSocialSecurityNumber(_ word: Substring) -> Bool {
    guard word.utf8.count >= 11, word.utf8.contains(where: \.isDigit) else { return false }
    let parts = word.trimmed { $0.isPunctuation }.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [3, 2, 4], parts.allSatisfy({ $0.utf8.allSatisfy(\.isDigit) }) else {
      return false
    }
    return parts[0] != "000" && parts[0] != "666" && parts[0].first != "9" && parts[1] != "00" && parts[2] != "0000"
  }

  // MARK: Cards

  /// Where the card number ends that begins at `start`; nil when none does. What follows it in the same way, be it the
  /// card's date or another number, does not belong to it.
  private static func endOfCardNumber(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
    guard scalars[start].decimal != nil else { return nil }
    var digits: [Int] = []
    var groups: [Int] = []
    var end: Int?
    var cursor = start
    while true {
      let groupStart = digits.count
      while cursor < scalars.count, digits.count <= 19, let digit = scalars[cursor].decimal {
        digits.append(digit)
        cursor += 1
      }
      groups.append(digits.count - groupStart)
      let isFree = cursor == scalars.count || !isPartOfWord(scalars[cursor])
      if isFree, isCardNumber(digits, groups: groups) { end = cursor }
      // Of a number that is written in groups the first one has four digits, or two such together.
      guard groups[0].isMultiple(of: 4), digits.count < 19 else { return end }
      let gap = scalars[cursor...].prefix(3).prefix { isCardSeparator($0) }
      guard !gap.isEmpty, gap.endIndex < scalars.count, scalars[gap.endIndex].decimal != nil else { return end }
      cursor = gap.endIndex
    }
  }

  /// Whether the last of 13 to 19 digits is a good check digit, and cards are printed so: in one, by fours, or as those
  /// of American Express and Diners Club.
  private static func isCardNumber(_ digits: [Int], groups: [Int]) -> Bool {
    guard (13...19).contains(digits.count), passesLuhn(digits) else { return false }
    if groups.count == 1 { return true }
    let last = groups[groups.count - 1]
    let isByFours =
      groups.dropLast().allSatisfy { $0.isMultiple(of: 4) } && (last <= 4 || last.isMultiple(of: 4))
    // Some list of years passes as well, but no card begins like one.
    let firstGroup = digits.prefix(4).reduce(0) { $0 * 10 + $1 }
    return firstGroup >= 2200 && (isByFours || groups == [4, 6, 5] || groups == [4, 6, 4])
  }

  private static func passesLuhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let weighted = index % 2 == 1 ? digit * 2 : digit
      sum += weighted > 9 ? weighted - 9 : weighted
    }
    return sum % 10 == 0
  }

  private static func isCardSeparator(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isDash || "./_".unicodeScalars.contains(scalar) || scalar.properties.isWhitespace
  }

  // MARK: Accounts

  /// Where the IBAN ends that begins at `start`, whole or in groups of four; nil when none does.
  private static func endOfAccountNumber(in scalars: [Unicode.Scalar], from start: Int) -> Int? {
    var values: [Int] = []
    var cursor = start
    var endOfGroup = start
    var longest: Int?
    while cursor < scalars.count, values.count < 34 {
      guard let value = base36(scalars[cursor]) else {
        // The next group follows a space, and every one but the last has four characters. With hyphens it is so
        // exactly: the groups of a UUID may be longer.
        let isGap =
          scalars[cursor].isDash ? cursor == endOfGroup + 4 : scalars[cursor] == " " || scalars[cursor] == "\u{A0}"
        guard isGap, cursor > endOfGroup, values.count.isMultiple(of: 4) else { break }
        endOfGroup = cursor + 1
        cursor += 1
        continue
      }
      // Two letters, two digits.
      guard values.count > 3 || (values.count < 2) == (value > 9) else { return nil }
      values.append(value)
      cursor += 1
      let isEnd = cursor == scalars.count || !isPartOfWord(scalars[cursor])
      if isEnd, values.count >= 15, passesMod97(values) { longest = cursor }
    }
    return longest
  }

  /// ISO 13616: the first four characters are moved to the end, letters are two digits, and the rest by 97 is 1.
  private static func passesMod97(_ values: [Int]) -> Bool {
    let rest = (values.dropFirst(4) + values.prefix(4)).reduce(0) { rest, value in
      (rest * (value > 9 ? 100 : 10) + value) % 97
    }
    return rest == 1
  }

  /// 0 to 9 for a digit, 10 to 35 for a Latin letter of either case.
  private static func base36(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar {
    case "0"..."9": Int(scalar.value) - 0x30
    case "A"..."Z": Int(scalar.value) - 0x41 + 10
    case "a"..."z": Int(scalar.value) - 0x61 + 10
    default: nil
    }
  }

  // MARK: Characters

  /// A digit behind `+` belongs to a telephone number, one behind a letter to a reference.
  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "+" || scalar == "_" || scalar.decimal != nil
      || (scalar.properties.isAlphabetic && !scalar.isEastAsian)
  }
}
