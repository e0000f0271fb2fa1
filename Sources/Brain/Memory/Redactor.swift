/// Takes secrets out of a text before anybody else sees it.
///
/// Some show by their own form: keys of well-known services, passwords in URLs, card and account numbers with good
/// check digits, social security numbers. The others are announced by the words around them: passwords, one-time codes,
/// and keys that look like nothing in particular.
struct Redactor {
  static let mark = "[redacted]"

  /// How many secrets were found so far.
  private(set) var count = 0

  /// `text` with a mark in place of each secret. No step takes more time than the text's length asks for: a message may
  /// have a megabyte, in one word.
  mutating func redact(_ text: String) -> String {
    // What shows by its own form comes first, lest a step that knows less take only a part of it.
    var text = Self.withoutPrivateKeys(text, count: &count)
    text = Self.withoutURLPasswords(text, count: &count)
    text = Self.withoutKeys(text, count: &count)
    text = Self.withoutPaymentNumbers(text, count: &count)
    text = Self.withoutUnspacedSecrets(text, count: &count)
    var announcements = Announcements()
    text = announcements.redact(text)
    count += announcements.count
    return text
  }
}
