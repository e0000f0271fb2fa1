/// What shows by its own form, wherever it stands: private keys, passwords in URLs, and the keys of services.
extension Redactor {
  /// `text` with a mark in place of each private key in PEM; one whose end is missing goes on to the end of the text.
  static func withoutPrivateKeys(_ text: String, count: inout Int) -> String {
    marking(text, count: &count) { bytes, start in
      while let begin = bytes.firstIndex(ofText: "-----BEGIN ", from: start) {
        start = begin + 11
        // Certificates and signed messages begin so as well, and are no secrets.
        guard String(decoding: bytes[begin...].prefix(64), as: UTF8.self).contains("PRIVATE KEY") else { continue }
        let footer = bytes.firstIndex(ofText: "-----END ", from: start)
        start = footer.flatMap { bytes.firstIndex(ofText: "-----", from: $0 + 9) }.map { $0 + 5 } ?? bytes.count
        return begin..<start
      }
      return nil
    }
  }

  /// `text` with a mark in place of the password in each URL: `postgres://bob:secret@host`.
  static func withoutURLPasswords(_ text: String, count: inout Int) -> String {
    marking(text, count: &count) { bytes, start in
      while let scheme = bytes.firstIndex(ofText: "://", from: start) {
        let authority = scheme + 3
        start = bytes[authority...].firstIndex { $0 <= 0x20 || "/?#\\\"'`<>".utf8.contains($0) } ?? bytes.count
        guard let at = bytes[authority..<start].lastIndex(of: UInt8(ascii: "@")),
          let colon = bytes[authority..<at].firstIndex(of: UInt8(ascii: ":")), colon + 1 < at
        else { continue }
        return colon + 1..<at
      }
      return nil
    }
  }

  /// `text` with a mark in place of each secret that `next` finds.
  ///
  /// - Parameter next: finds the first one from a place on, and moves that place to where the search goes on.
  private static func marking(
    _ text: String, count: inout Int, _ next: (_ bytes: [UInt8], _ start: inout Int) -> Range<Int>?
  ) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var copied = 0
    var start = 0
    while let secret = next(bytes, &start) {
      result += bytes[copied..<secret.lowerBound]
      result += mark.utf8
      count += 1
      copied = secret.upperBound
    }
    guard copied > 0 else { return text }
    return String(decoding: result + bytes[copied...], as: UTF8.self)
  }

  /// `text` with a mark in place of each key, be it alone, in quotes, or behind `key=`.
  static func withoutKeys(_ text: String, count: inout Int) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isInURL = false
    var index = 0
    while index < bytes.count {
      guard bytes[index].isKeyCharacter else {
        if bytes[index] <= 0x20 || "\"'<>".utf8.contains(bytes[index]) { isInURL = false }
        result.append(bytes[index])
        index += 1
        continue
      }
      let end = bytes[index...].firstIndex { !$0.isKeyCharacter } ?? bytes.count
      if index > 0, bytes[index - 1] == UInt8(ascii: ":"), bytes[index..<end].starts(with: "//".utf8) { isInURL = true }
      if let endOfKey = endOfKey(in: bytes, index..<end, isInURL: isInURL) {
        result += mark.utf8
        count += 1
        index = endOfKey
      } else {
        result += bytes[index..<end]
        index = end
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: The forms of keys

  private static let prefixes = [
    "sk-", "sk_live_", "sk_test_", "pk_live_", "rk_live_", "whsec_", "AKIA", "ASIA", "AIza", "ya29.", "ghp_", "gho_",
    "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xoxa-", "xoxb-", "xoxp-", "xapp-", "SG.", "eyJ",
  ]

  /// The prefixes of keys that are of letters and digits else; what programs call by such a name has more signs in it.
  private static let plainPrefixes = ["hf_", "gsk_", "npm_", "xai-"]

  /// Where the key ends that is the beginning of `run`, the longest stretch of key characters there; nil for no key.
  private static func endOfKey(in bytes: [UInt8], _ run: Range<Int>, isInURL: Bool) -> Int? {
    let before = run.lowerBound == 0 ? nil : bytes[run.lowerBound - 1]
    // The key of a Telegram bot stands behind its number, `123456789:AAH…`, and in a URL before a path.
    let part = bytes[run].prefix { $0 != UInt8(ascii: "/") }
    if part.count >= 30, part.starts(with: "AA".utf8), before == UInt8(ascii: ":"), run.lowerBound > 1,
      bytes[run.lowerBound - 2].isDigit
    {
      return part.endIndex
    }
    // A full stop behind a key ends the sentence.
    guard let last = bytes[run].lastIndex(where: { $0 != UInt8(ascii: ".") }) else { return nil }
    let key = bytes[run.lowerBound...last]
    guard key.count >= 16 else { return nil }
    if !hasPrefix(key) {
      // What stands in a URL or an e-mail address by itself is a name, however odd it looks.
      let isFree = before.map { $0 <= 0x20 || $0 >= 0x80 || "\"'`([{<=:,;|>*".utf8.contains($0) } ?? true
      let isAddress = key.endIndex < bytes.count && bytes[key.endIndex] == UInt8(ascii: "@")
      guard isFree, !isAddress, !isInURL, isRandom(key) else { return nil }
    }
    // Base64 is filled up with `=`, but an assignment goes on behind it.
    let end = bytes[key.endIndex...].firstIndex { $0 != UInt8(ascii: "=") } ?? bytes.count
    return end < bytes.count && bytes[end].isKeyCharacter ? key.endIndex : end
  }

  private static func hasPrefix(_ key: ArraySlice<UInt8>) -> Bool {
    if prefixes.contains(where: { key.starts(with: $0.utf8) }) { return true }
    guard let prefix = plainPrefixes.first(where: { key.starts(with: $0.utf8) }) else { return false }
    return key.dropFirst(prefix.utf8.count).allSatisfy { $0.isSmallLetter || $0.isCapital || $0.isDigit }
  }

  /// Whether somebody's dice wrote it: long, and with small letters, capitals and digits.
  private static func isRandom(_ key: ArraySlice<UInt8>) -> Bool {
    guard key.count >= 32, key.contains(where: \.isSmallLetter), key.contains(where: \.isCapital),
      key.contains(where: \.isDigit)
    else { return false }
    guard key.contains(UInt8(ascii: "/")) else { return true }
    // The secret keys of AWS are base64, as many others are, and look like paths. But in a path capitals begin words,
    // and here they stand anywhere.
    return key.count >= 40 && key.first != UInt8(ascii: "/") && !key.contains { "-_.".utf8.contains($0) }
      && capitalsWithin(key) * 8 >= key.count
  }

  /// How many capitals stand right behind a small letter or a digit.
  static func capitalsWithin(_ bytes: some Collection<UInt8>) -> Int {
    zip(bytes, bytes.dropFirst()).count { ($0.isSmallLetter || $0.isDigit) && $1.isCapital }
  }
}

extension [UInt8] {
  /// Where a text stands first, from an index on.
  fileprivate func firstIndex(ofText text: String, from start: Int) -> Int? {
    let text = Array(text.utf8)
    var index = start
    while index + text.count <= count {
      if self[index] == text[0], self[index...].starts(with: text) { return index }
      index += 1
    }
    return nil
  }
}
