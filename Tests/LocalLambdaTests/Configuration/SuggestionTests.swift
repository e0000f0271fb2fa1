import LocalLambda
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("brian", "brain"), ("Brain", "brain"), ("bakend", "backend"), ("hyperdrive", nil), ("b", nil),
  ]) func suggests(_ typed: String, _ expected: String?) {
    #expect(Suggestion.nearest(to: typed, in: ["backend", "brain"]) == expected)
  }
}
