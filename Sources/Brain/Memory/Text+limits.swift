extension String {
  /// The text without U+0000, which jsonb cannot hold, without white space around it, and with at most `limit`
  /// code points.
  func cleaned(limit: Int) -> String {
    var scalars = unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace || first == "\0" { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace || last == "\0" { scalars.removeLast() }
    var text = String.UnicodeScalarView(scalars.filter { $0 != "\0" })
    if text.count > limit {
      text = String.UnicodeScalarView(text.prefix(limit - 1))
      text.append("…")
    }
    return String(text)
  }

  /// The beginning and the end of a text that is longer than `limit` bytes, with a mark between them.
  func shortened(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    func fitting(_ characters: some Sequence<Character>) -> [Character] {
      var left = limit / 2
      return characters.prefix { character in
        left -= character.utf8.count
        return left >= 0
      }
    }
    return String(fitting(self)) + " […] " + String(fitting(reversed()).reversed())
  }
}
