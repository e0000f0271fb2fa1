import Testing

@testable import Brain

@Suite struct RedactorTests {
  private static let secrets: [(String, String)] = [
    ("my password is hunter2", "my password is [redacted]"),
    ("Password: swordfish, ok?", "Password: [redacted], ok?"),
    ("password:swordfish", "password:[redacted]"),
    ("pwd=abc", "pwd=[redacted]"),
    ("the PIN is 4711.", "the PIN is [redacted]."),
    ("PIN 4711", "PIN [redacted]"),
    ("Mein Passwort lautet Geheim!9", "Mein Passwort lautet [redacted]"),
    ("la contraseña es gato123", "la contraseña es [redacted]"),
    ("mot de passe : secret", "mot de passe : [redacted]"),
    ("пароль: тайна", "пароль: [redacted]"),
    ("card 4111 1111 1111 1111 please", "card [redacted] please"),
    ("4111-1111-1111-1111", "[redacted]"),
    ("(5500005555555559)", "([redacted])"),
    ("Your verification code is 482913.", "Your verification code is [redacted]."),
    ("one-time code: 771204", "one-time code: [redacted]"),
    ("Use security code 4711, please", "Use security code [redacted], please"),
    ("TAN 123456", "TAN [redacted]"),
    ("tan: 123456", "tan: [redacted]"),
    ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [redacted]"),
    ("(DE89370400440532013000), mine", "([redacted]), mine"),
    ("ES91 2100 0418 4502 0005 1332 is new", "[redacted] is new"),
    ("gb82 west 1234 5698 7654 32", "[redacted]"),
    ("SSN 123-45-6789", "SSN [redacted]"),
    ("It is 123-45-6789.", "It is [redacted]."),
    ("my password is correcthorse", "my password is [redacted]"),
    ("My password is correcthorse, and it works", "My password is [redacted], and it works"),
    ("Mein Passwort ist geheimnisvoll", "Mein Passwort ist [redacted]"),
    ("key sk-abcdefghijklmnop1234", "key [redacted]"),
    ("AKIAIOSFODNN7EXAMPLE", "[redacted]"),
    ("token ghp_0123456789abcdefABCDEF", "token [redacted]"),
    ("aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3a", "[redacted]"),
  ]

  /// Keys by themselves, in quotes and brackets, behind names; private keys; passwords in URLs.
  private static let keys: [(String, String)] = [
    ("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_ACCESS_KEY_ID=[redacted]"),
    ("key:sk-abcdefghijklmnop123456", "key:[redacted]"),
    ("\"sk-abcdefghijklmnop123456\", he wrote", "\"[redacted]\", he wrote"),
    ("it (sk-abcdefghijklmnop123456) works.", "it ([redacted]) works."),
    ("take sk-abcdefghijklmnop123456.", "take [redacted]."),
    ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[redacted]"),
    ("aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key=[redacted]"),
    ("AccountKey=aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3aZ3a==;", "AccountKey=[redacted];"),
    ("hf_abcdefghijklmnopqrstuvwxyzABCDEFGH", "[redacted]"),
    ("bot 123456789:AAHdqTcvCH-vGWJxfSeofSAs_K_PALDsaw", "bot 123456789:[redacted]"),
    (
      "https://api.telegram.org/bot123456789:AAHdqTcvCH-vGWJxfSeofSAs_K_PALDsaw/getMe",
      "https://api.telegram.org/bot123456789:[redacted]/getMe"
    ),
    (
      "mine:\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----\nok?",
      "mine:\n[redacted]\nok?"
    ),
    ("a -----BEGIN PRIVATE KEY-----\nMIIEow\nIBAAK", "a [redacted]"),
    ("postgres://bob:s3cr3t@host/db", "postgres://bob:[redacted]@host/db"),
    ("see https://bob:hunter2@host, please", "see https://bob:[redacted]@host, please"),
    ("https://host/?user=bob&api_key=abc&x=1", "https://host/?user=bob&api_key=[redacted]&x=1"),
  ]

  /// What only the words before it tell.
  private static let announced: [(String, String)] = [
    ("API key: 9f86d081884c7d65", "API key: [redacted]"), ("api_key=swordfish", "api_key=[redacted]"),
    ("api_key = 9f86d081884c7d65", "api_key = [redacted]"), ("X-Api-Key:9f86d081884c7d65", "X-Api-Key:[redacted]"),
    ("token: 9f86d081884c7d65, thanks", "token: [redacted], thanks"),
    ("the client secret is 9f86d081-884c7d65.", "the client secret is [redacted]."),
    ("Authorization: Bearer 9f86d081884c7d65", "Authorization: Bearer [redacted]"),
    ("the secret key 9f86d081884c7d65", "the secret key [redacted]"),
    ("pw: hunter2", "pw: [redacted]"), ("bob, pass: swordfish", "bob, pass: [redacted]"),
    ("password:hunter2!", "password:[redacted]"), ("pass:hunter2", "pass:[redacted]"),
    ("pass=hunter2.", "pass=[redacted]."),
    ("DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted]"),
    ("mein Wi-Fi-Passwort lautet hunter2", "mein Wi-Fi-Passwort lautet [redacted]"),
    ("login/password: hunter2", "login/password: [redacted]"),
    (#"{"user":"bob","password":"hunter2","x":1}"#, #"{"user":"bob","password":"[redacted]","x":1}"#),
    ("密码是abc12345", "密码是[redacted]"), ("我的密码是 abc12345。", "我的密码是 [redacted]。"),
    ("密码：abc", "密码：[redacted]"), ("密码abc12345", "密码[redacted]"),
    ("パスワードはabc12345です", "パスワードは[redacted]です"),
    ("비밀번호는 abc12345 입니다", "비밀번호는 [redacted] 입니다"),
    ("验证码 553421，请勿转发", "验证码 [redacted]，请勿转发"),
  ]

  private static let numbers: [(String, String)] = [
    ("4111\u{A0}1111\u{A0}1111\u{A0}1111", "[redacted]"), ("4111.1111.1111.1111", "[redacted]"),
    ("41111111 11111111", "[redacted]"), ("4111 11111111 1111", "[redacted]"),
    ("4111/1111/1111/1111", "[redacted]"), ("4111_1111_1111_1111", "[redacted]"),
    ("4111  1111  1111  1111", "[redacted]"), ("4111\n1111\r\n1111\n1111", "[redacted]"),
    ("4111 – 1111 – 1111 – 1111", "[redacted]"), ("4111１１１１1111１１１１", "[redacted]"),
    ("٤١١١ ١١١١ ١١١١ ١١١١", "[redacted]"), ("我的卡号4111111111111111。", "我的卡号[redacted]。"),
    ("3782 822463 10005", "[redacted]"), ("4111 1111 1111 1111 12/27", "[redacted] 12/27"),
    ("2 tickets, 12 4111 1111 1111 1111", "2 tickets, 12 [redacted]"),
    ("DE89-3704-0044-0532-0130-00", "[redacted]"),
    ("DE89\u{A0}3704\u{A0}0044\u{A0}0532\u{A0}0130\u{A0}00", "[redacted]"),
  ]

  private static let codes: [(String, String)] = [
    ("your code is 553421", "your code is [redacted]"),
    ("Your Uber code: 4711. Enjoy", "Your Uber code: [redacted]. Enjoy"),
    ("Dein Code lautet 553-421", "Dein Code lautet [redacted]"),
    ("Use code 553421 to log in", "Use code [redacted] to log in"),
    ("553421 is your one-time code", "[redacted] is your one-time code"),
    ("G-553421 is your Google verification code", "[redacted] is your Google verification code"),
    ("553421 ist Ihr Sicherheitscode.", "[redacted] ist Ihr Sicherheitscode."),
    ("4711 is the PIN", "[redacted] is the PIN"), ("PIN code: 4711", "PIN code: [redacted]"),
    ("Votre code de vérification est 4711", "Votre code de vérification est [redacted]"),
  ]

  @Test(arguments: secrets + keys + announced + numbers + codes)
  func secretsAreTakenOut(text: String, expected: String) {
    var redactor = Redactor()
    #expect(redactor.redact(text) == expected)
    #expect(redactor.count == 1)
  }

  @Test(arguments: [
    "Reference AB12CD, Friday 6 March at 19:30", "call +12025550170 or +4915112345678", "my password is wrong",
    "I forgot my password. Can you help?", "order 4471-K of 2026-03-02 19:30", "4111 1111 1111 1112",
    "booking 123456789012", "f81d4fae-7dac-11d0-a765-00a0c91e6bf6", "the pin on the map", "two  spaces\nand lines\t",
    "I like tan 2023 boots", "IBAN DE88 3704 0044 0532 0130 00", "the verification code is late", "order 000-12-3456",
    "I forgot the password to my account", "You know what my password is. Can you help?", "my password is not safe",
    "Mein Passwort ist falsch.", "The code is 20 % off", "Your confirmation code is AB12CD",
    "Your confirmation code is 482913", "Bank code: 37040044", "SKU code 48213",
    "4711 is my order number and the code is easy", "20260312 20260313 and 20260314 20260315",
    "the security code of gate 3",
    "https://example.com/a/very/long/path/that/has/More/Than/32/Characters", "", "👩‍👩‍👧 family",
  ])
  func everythingElseStays(text: String) {
    var redactor = Redactor()
    #expect(redactor.redact(text) == text)
    #expect(redactor.count == 0)
  }

  /// What comes close to a key, a card or a code.
  @Test(arguments: [
    "my token of thanks", "the token is base", "token: see below", "a Token Ring", "max_tokens=4096", "key=value",
    "the API key is expired", "the secret is out", "secret Santa on 2026-12-24", "pass the salt", "pass 3 of 5",
    "Boarding pass: 12A", "the code is messy", "my code is AB12CD", "code review at 16:00", "HTTP code 404",
    "code 2024 for 20 % off", "the zip code is 94107", "error code 104512", "error_code: 1045",
    "94107 is your zip code", "4711 is the room number", "a 4-pin 12 volt plug", "ratio 4:3", "a/b testing",
    "10:30-12:45", "{a:1,b:2}", "version 1.2.3-beta.4", "192.168.100.200",
    "/usr/local/share/Some/Long/Path/With2/Words/Readme",
    "Sources/Brain/Memory/Redactor+numbers.swift", "HomeViewController/DetailViewController/Model2View",
    "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "Maximilian.Mustermann1987.privat@example.com",
    "https://docs.example.com/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit?tab=1BxiMVs0XRA5nFMdKvBdBZjgmUUqpt",
    "https://host:8080/@user", "mailto:bob@example.com", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    "01/02/2026 03/04/2026", "12.05.2026 - 14.05.2026, 19:30", "2012 2014 2016 2021", "1.299,00 EUR", "#4111aa",
    "0171 2345678 or 0172 3456789", "密码忘记了怎么办", "密码是什么？", "密码是8位", "忘记密码\n2024年的计划",
  ])
  func whatOnlyLooksLikeASecretStays(text: String) {
    var redactor = Redactor()
    #expect(redactor.redact(text) == text)
    #expect(redactor.count == 0)
  }

  @Test func countsAll() {
    var redactor = Redactor()
    #expect(
      redactor.redact("PIN 1234 and password: x, card 4111111111111111")
        == "PIN [redacted] and password: [redacted], card [redacted]")
    #expect(redactor.count == 3)
  }
}
