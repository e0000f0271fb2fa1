extension String {
  /// The text without U+0000, which jsonb cannot hold, without white space around it, and with at most `limit`
  /// code points.
  func cleaned(limit: Int) -> String {
    var scalars = unicodeScalars[...]
    while let first = scalars.first, first.properties.isWhitespace || first == "\0" { scalars.removeFirst() }
    while let last = scalars.last, last.properties.isWhitespace || last == "\0" { scalars.removeLast() }
    let trimmed = Substring(scalars)
    // Nearly every text is good by now, and to go through it by code points takes a hundred times as long.
    guard trimmed.utf8.count > limit || trimmed.utf8.contains(0) else { return String(trimmed) }
    var text = String.UnicodeScalarView(scalars.filter { $0 != "\0" })
    if text.count > limit {
      text = String.UnicodeScalarView(text.prefix(limit - 1))
      text.append("…")
    }
    return String(text)
  }

  /// What follows a byte, as far as about `limit` bytes go, and the byte that the next part begins with; nil when there is
  /// none. It ends between two words, where its second half has such a place.
  func part(from offset: Int, bytes limit: Int) -> (text: String, next: Int?) {
    let start = utf8.index(utf8.startIndex, offsetBy: offset, limitedBy: utf8.endIndex) ?? utf8.endIndex
    var end = start
    var length = 0
    var betweenWords: String.Index?
    for index in self[start...].indices {
      length += self[index].utf8.count
      if length > limit, index > start { break }
      end = self.index(after: index)
      if length > limit / 2, self[index].isWhitespace { betweenWords = end }
    }
    guard end < endIndex else { return (String(self[start...]), nil) }
    end = betweenWords ?? end
    return (String(self[start..<end]), utf8.distance(from: startIndex, to: end))
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
