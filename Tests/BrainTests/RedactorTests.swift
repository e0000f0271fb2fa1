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
