/// The words that tell a secret, each in lower case and without punctuation.
extension Redactor {
  /// What is called so is a password.
  static let passwordTerms: Set<String> = [
    "password", "passwd", "passcode", "passphrase", "pwd", "passwort", "kennwort", "mot de passe", "mot passe",
    "contraseña", "contrasena", "senha", "wachtwoord", "hasło", "пароль", "şifre", "密码", "密碼",
    "パスワード", "비밀번호",
  ]

  /// What a secret number is called, and words for a password that mean other things as well; `tan` is looked at by
  /// itself.
  static let codeTerms: Set<String> = [
    "pin", "otp", "cvv", "cvc", "ssn", "social security number", "verification code", "security code", "login code",
    "sign-in code", "access code", "authentication code", "one-time code", "one time code", "onetime code", "2fa code",
    "clave", "parola", "einmalcode", "sicherheitscode", "verifizierungscode", "code de vérification",
    "código de verificación",
    "codice di verifica",
  ]

  /// What may stand in front of the last word of such a term: `mot`, `mot de`.
  static let beginnings: Set<String> = {
    var beginnings: Set<String> = []
    for term in passwordTerms.union(codeTerms) {
      let words = term.split(separator: " ")
      for count in 1..<max(1, words.count) { beginnings.insert(words.prefix(count).joined(separator: " ")) }
    }
    return beginnings
  }()

  /// What may stand between such a term and the secret.
  static let linkWords: Set<String> = [
    "is", "was", "ist", "lautet", "war", "es", "est", "è", "é", "jest", "это", "是", "to", "my", "code", "nummer",
    "number", "the",
  ]

  /// The links behind which a password may be a plain word.
  static let sayingWords: Set<String> = ["is", "ist", "lautet", "es", "est", "è", "é", "jest", "это", "是"]

  /// What people say of a password without telling it: `is wrong`, `is in the vault`.
  static let ordinaryWords: Set<String> = [
    "wrong", "incorrect", "invalid", "correct", "right", "fine", "ok", "okay", "good", "bad", "old", "new", "different",
    "same", "expired", "expiring", "changed", "reset", "set", "saved", "stored", "written", "sent", "shown", "hidden",
    "needed", "required", "asked", "accepted", "rejected", "refused", "locked", "blocked", "lost", "gone", "missing",
    "forgotten", "known", "unknown", "leaked", "stolen", "compromised", "safe", "secure", "weak", "strong", "short",
    "long", "simple", "easy", "hard", "secret", "private", "empty", "working", "broken", "case", "not", "no", "never",
    "always", "still", "now", "only", "just", "so", "too", "very", "really", "again", "being", "also", "already", "a",
    "an", "this", "that", "it", "i", "you", "we", "he", "she", "they", "your", "our", "his", "her", "their", "in", "on",
    "at", "for", "of", "from", "with", "by", "and", "or", "but", "if", "what", "which", "something", "nothing", "here",
    "there",
    "falsch", "richtig", "abgelaufen", "ungültig", "nicht", "zu", "weg", "vergessen", "gesperrt", "neu", "alt", "im",
    "das", "der", "die", "mein", "dein", "sehr", "noch", "nur", "auch", "leider", "immer", "jetzt", "bekannt", "geheim",
    "sicher", "unsicher", "incorrecta", "correcta", "inválida", "caducada", "muy", "demasiado", "la", "el", "un", "una",
    "mi", "lo", "que", "faux", "incorrecte", "expiré", "oublié", "pas", "trop", "le", "mon", "toujours",
    "errada", "o", "неверный",
  ]
}
