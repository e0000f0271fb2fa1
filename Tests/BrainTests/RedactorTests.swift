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

  @Test(arguments: secrets)
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
    "the security code of gate 3",
    "https://example.com/a/very/long/path/that/has/More/Than/32/Characters", "", "👩‍👩‍👧 family",
  ])
  func everythingElseStays(text: String) {
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
