/// Secrets that are announced in a script without spaces: `密码是abc12345` is one word, as is `パスワードはabc12345です`.
/// Korean has spaces, but puts its particles right behind a word.
extension Redactor {
  /// `text` with a mark in place of each secret behind such a term.
  static func withoutUnspacedSecrets(_ text: String, count: inout Int) -> String {
    // The first byte of these scripts' characters: nearly all other texts have none like it.
    guard text.utf8.contains(where: { $0 >= 0xE3 }) else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let term = scalars[index].isEastAsian ? unspacedTerms.first { scalars[index...].starts(with: $0) } : nil
      guard let term, let secret = secret(in: scalars, behind: index + term.count) else {
        result.append(scalars[index])
        index += 1
        continue
      }
      result.append(contentsOf: scalars[index..<secret.lowerBound])
      result.append(contentsOf: mark.unicodeScalars)
      count += 1
      index = secret.upperBound
    }
    return String(result)
  }

  /// What a password, a PIN or a code is called.
  private static let unspacedTerms = [
    "密码", "密碼", "口令", "验证码", "驗證碼", "校验码", "パスワード", "暗証番号", "認証コード", "確認コード", "비밀번호", "인증번호",
  ].map { Array($0.unicodeScalars) }

  /// What may stand between such a term and the secret: verbs, particles, colons, brackets.
  private static let unspacedLinks = Set("是为為就はがは는은이：:=「『“\"".unicodeScalars)

  /// The secret behind a term that ends at `start`: the next run of characters that are neither a space nor of these
  /// scripts, if it looks like one.
  private static func secret(in scalars: [Unicode.Scalar], behind start: Int) -> Range<Int>? {
    var start = start
    var isLinked = false
    var isColon = false
    while start < scalars.count {
      let scalar = scalars[start]
      if unspacedLinks.contains(scalar) {
        isLinked = true
        isColon = isColon || ":：=".unicodeScalars.contains(scalar)
      } else if !scalar.properties.isWhitespace || (scalar == "\n" && !isLinked) {
        break
      }
      start += 1
    }
    let end = scalars[start...].firstIndex { $0.isEastAsian || $0.properties.isWhitespace } ?? scalars.count
    guard let last = scalars[start..<end].lastIndex(where: { !".,;!?”\"".unicodeScalars.contains($0) }) else {
      return nil
    }
    let secret = scalars[start...last]
    guard !secret.starts(with: mark.unicodeScalars) else { return nil }
    // Without a colon it can also be a remark: `密码是8位`, `密码OK`.
    let isSecret = isColon || (secret.count >= 4 && (isLinked || secret.contains { $0.decimal != nil }))
    return isSecret ? start..<last + 1 : nil
  }
}
