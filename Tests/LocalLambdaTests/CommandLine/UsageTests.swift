import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct UsageTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var code: Int32
    var says: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  @Test(arguments: [
    Mistake(arguments: [], code: 64, says: "USAGE"),
    Mistake(arguments: ["upp"], code: 64, says: "Did you mean up?"),
    Mistake(arguments: ["queue", "lst"], code: 64, says: "Did you mean list?"),
    Mistake(arguments: ["up", "--prot", "1"], code: 64, says: "Did you mean '--port'?"),
    Mistake(arguments: ["run"], code: 64, says: "after --"),
    Mistake(arguments: ["run", "--env", "x", "--", "a"], code: 64, says: "NAME=VALUE"),
    Mistake(arguments: ["run", "--port", "0", "--env", "AWS_REGION=x", "--", "true"], code: 78, says: "AWS_REGION"),
    Mistake(arguments: ["run", "--timeout", "x", "--", "a"], code: 64, says: "--timeout"),
    Mistake(arguments: ["run", "--timeout", "x", "--", "a"], code: 64, says: "Usage: lambda-local run "),
    Mistake(arguments: ["run", "--port", "65536", "--", "a"], code: 64, says: "--port is 0 to 65535"),
    Mistake(arguments: ["run", "--port=-1", "--", "a"], code: 64, says: "--port is 0 to 65535"),
    Mistake(arguments: ["run", "--http-port", "70000", "--", "a"], code: 64, says: "--http-port is 0 to 65535"),
    Mistake(arguments: ["up", "--sqs-port", "70000"], code: 64, says: "--sqs-port is 0 to 65535"),
    Mistake(arguments: ["queue", "serve", "--port", "70000"], code: 64, says: "--port is 0 to 65535"),
    Mistake(arguments: ["run", "--port", "0", "--name", "a b", "--", "true"], code: 78, says: "a b"),
    Mistake(
      arguments: [
        "up", "--template", TestPaths.repository + "/template.yaml", "--http-port", "65535", "--port", "70000",
      ],
      code: 64, says: "--port"),
    Mistake(arguments: ["invoke"], code: 64, says: "<function>"),
    Mistake(arguments: ["invoke", "f", "--event", "/no/such"], code: 64, says: "there is no file /no/such"),
    Mistake(arguments: ["invoke", "f", "--event", "-"], code: 64, says: "standard input:1:"),
    Mistake(arguments: ["invoke", "f", "--endpoint", "ftp://x"], code: 64, says: "neither HTTP nor HTTPS"),
    Mistake(arguments: ["invoke", "f", "--endpoint", "http://127.0.0.1:1"], code: 69, says: "nothing answers"),
    Mistake(
      arguments: ["queue", "list", "--endpoint", "http://127.0.0.1:1"], code: 69, says: "lambda-local queue serve"),
    Mistake(arguments: ["queue", "serve", "--memory", "--data", "x"], code: 64, says: "exclude each other"),
    Mistake(arguments: ["queue", "serve", "--account", "12"], code: 64, says: "--account 12 is not 12 digits"),
    Mistake(arguments: ["queue", "serve", "--region", "eu/west"], code: 64, says: "--region eu/west"),
    Mistake(arguments: ["queue", "redrive", "q", "--rate", "fast"], code: 64, says: "--rate"),
    Mistake(
      arguments: ["queue", "redrive", "q", "--endpoint", "http://127.0.0.1:1"], code: 69, says: "nothing answers"),
    Mistake(arguments: ["up", "--template", "/no/such.yaml"], code: 78, says: "/no/such.yaml"),
    Mistake(arguments: ["demo", "--samples", "/no/such"], code: 64, says: "there is no file /no/such"),
    Mistake(
      arguments: ["invoke", "brian", "--template", TestPaths.repository + "/template.yaml"], code: 64, says: "brain"),
  ]) func isToldWithItsExitCode(_ mistake: Mistake) async throws {
    let ending = try await CommandProcess.run(mistake.arguments, input: mistake.arguments.last == "-" ? "{" : nil)
    #expect(ending.code == mistake.code, "\(ending.error)")
    #expect(ending.error.contains(mistake.says), "\(ending.error)")
    #expect(ending.output.isEmpty, "standard output is for results")
    #expect(!ending.error.contains("\u{1B}"), "colour is for terminals")
  }

  @Test func variablesOfMoreThanFourKilobytesAreABadConfiguration() async throws {
    let variable = "A=" + String(repeating: "x", count: 4096)
    let ending = try await CommandProcess.run(["run", "--port", "0", "--env", variable, "--", "true"])
    #expect(ending.code == 78)
    #expect(ending.error.contains("exceeded the 4KB limit"), "\(ending.error)")
  }

  @Test(arguments: [
    [], ["up"], ["run"], ["invoke"], ["demo"], ["queue"], ["queue", "serve"], ["queue", "list"], ["queue", "send"],
    ["queue", "receive"], ["queue", "peek"], ["queue", "purge"], ["queue", "redrive"],
  ]) func everyVerbHelps(_ verb: [String]) async throws {
    let ending = try await CommandProcess.run(verb + ["--help"])
    #expect(ending.code == 0)
    #expect(ending.output.contains("USAGE: lambda-local"))
  }
}
