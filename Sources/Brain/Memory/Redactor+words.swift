/// The words that tell a secret, each in lower case and without punctuation.
extension Redactor {
  /// What kind of secret a term announces, by which it is told what behind the term is one.
  enum Secret {
    /// A password, which may look like any word
    case password
    /// A PIN or a code, which has digits in it
    case code
    /// What is called by a word that mostly means something else: `tan`, a colour
    case doubtfulCode
    /// What is called nothing but a code; most are no secrets, and those are mere numbers
    case plainCode
    /// A key, which looks like no word
    case key
  }

  /// What each term announces; `tan` is looked at by itself.
  static let terms: [String: Secret] = {
    var terms: [String: Secret] = [:]
    for term in passwordTerms { terms[term] = .password }
    for term in codeTerms { terms[term] = .code }
    for term in plainCodeTerms { terms[term] = .plainCode }
    for term in keyTerms { terms[term] = .key }
    return terms
  }()

  /// What announces a secret only as a name that something is assigned to: `pass:`, but not `pass the salt`.
  static let assignedTerms: [String: Secret] = ["pass": .password, "pw": .password]

  /// What is called so is a password.
  private static let passwordTerms = [
    "password", "passwd", "passcode", "passphrase", "pwd", "passwort", "kennwort", "mot de passe", "mot passe",
    "contraseña", "contrasena", "senha", "wachtwoord", "hasło", "пароль", "şifre",
  ]

  /// What a secret number is called, and words for a password that mean other things as well.
  private static let codeTerms = [
    "pin", "otp", "cvv", "cvc", "ssn", "social security number", "verification code", "security code", "login code",
    "sign-in code", "access code", "secret code", "authentication code", "one-time code", "one time code",
    "onetime code", "2fa code", "clave", "parola", "einmalcode", "sicherheitscode", "verifizierungscode",
    "code de vérification", "código de verificación", "codice di verifica",
  ]

  private static let plainCodeTerms = ["code", "código", "codigo", "codice", "код"]

  private static let keyTerms = [
    "token", "secret", "bearer", "api key", "access key", "secret key", "private key", "signing key", "encryption key",
    "apikey", "accesskey", "secretkey", "accesstoken", "authtoken", "clientsecret",
  ]

  /// What ends like a term and announces no secret.
  static let harmlessTerms: Set<String> = {
    let codes = [
      "airport", "area", "article", "bank", "bar", "booking", "branch", "color", "colour", "confirmation", "country",
      "coupon", "course", "currency", "customer", "department", "dial", "discount", "dress", "error", "exit", "flight",
      "gift", "hotel", "item", "language", "model", "offer", "order", "part", "post", "postal", "product", "project",
      "promo", "qr", "reference", "referral", "reservation", "room", "sku", "sort", "source", "status", "store",
      "supplier", "swift", "table", "tax", "tracking", "vat", "vendor", "voucher", "zip",
    ]
    let passes = ["boarding", "bus", "day", "hall", "mountain", "museum", "press", "rail", "season", "ski", "travel"]
    return Set(codes.map { "\($0) code" } + passes.map { "\($0) pass" })
  }()

  /// What may stand in front of the last word of such a term: `mot`, `mot de`.
  static let beginnings: Set<String> = {
    var beginnings: Set<String> = []
    for term in harmlessTerms.union(terms.keys) {
      let words = term.split(separator: " ")
      for count in 1..<max(1, words.count) { beginnings.insert(words.prefix(count).joined(separator: " ")) }
    }
    return beginnings
  }()

  /// What may stand between such a term and the secret.
  static let linkWords: Set<String> = [
    "is", "was", "ist", "lautet", "war", "es", "est", "è", "é", "jest", "это", "to", "my", "code", "nummer",
    "number", "the",
  ]

  /// The links behind which a password may be a plain word.
  static let sayingWords: Set<String> = ["is", "ist", "lautet", "es", "est", "è", "é", "jest", "это"]

  /// Whose code it is: `553421 is your one-time code`.
  static let possessives: Set<String> = [
    "your", "my", "our", "ihr", "dein", "mein", "votre", "ton", "mon", "tu", "su", "mi", "seu", "il", "tuo",
  ]

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
