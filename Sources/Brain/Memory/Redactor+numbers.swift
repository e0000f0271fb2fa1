/// Numbers that prove themselves by their check digits.
extension Redactor {
  /// `text` with a mark in place of each card number and each account number, which are added to `count`.
  static func withoutPaymentNumbers(_ text: String, count: inout Int) -> String {
    guard text.utf8.count(where: { (0x30...0x39).contains($0) }) >= 10 else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let isStart = index == 0 || !isPartOfWord(scalars[index - 1])
      let account = isStart ? endOfAccountNumber(in: scalars, from: index) : nil
      if let account {
        result.append(contentsOf: mark.unicodeScalars)
        count += 1
        index = account
      } else if isStart, isDigit(scalars[index]) {
        let (end, isCard) = digits(in: scalars, from: index)
        if isCard {
          result.append(contentsOf: mark.unicodeScalars)
          count += 1
        } else {
          result.append(contentsOf: scalars[index..<end])
        }
        index = end
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return String(result)
  }

  // MARK: Cards

  /// Where the digits end that begin at `start`, single spaces or hyphens between them, and whether they are a card
  /// number: 13 to 19 of them, of which the last is a good check digit.
  private static func digits(in scalars: [Unicode.Scalar], from start: Int) -> (end: Int, isCard: Bool) {
    var digits: [Int] = []
    var end = start
    var cursor = start
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
    return (end, isFree && (13...19).contains(digits.count) && passesLuhn(digits))
  }

  private static func passesLuhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (index, digit) in digits.reversed().enumerated() {
      let weighted = index % 2 == 1 ? digit * 2 : digit
      sum += weighted > 9 ? weighted - 9 : weighted
    }
    return sum % 10 == 0
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
        // The next group follows a space, and every one but the last has four characters.
        guard scalars[cursor] == " ", cursor > endOfGroup, values.count.isMultiple(of: 4) else { break }
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

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

  /// A digit behind `+` belongs to a telephone number, one behind a letter to a reference.
  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "+" || scalar == "_" || scalar.properties.isAlphabetic || isDigit(scalar)
  }
}
