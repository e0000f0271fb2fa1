import Testing

@testable import LocalLambda

@Suite struct BatchItemFailuresTests {
  @Test(arguments: [
    "", "null", "{}", "[]", "\"\"", #"{"batchItemFailures":[]}"#, #"{"batchItemFailures":null}"#, #"{"other":1}"#,
  ])
  func completeSuccess(answer: String) {
    #expect(BatchItemFailures(answer: Array(answer.utf8), ids: ["a", "b"]) == .none)
  }

  @Test(arguments: [
    "{", "not json", "\"done\"", "7", "[1]",
    #"{"batchItemFailures":"a"}"#,
    #"{"batchItemFailures":[{"foo":"a"}]}"#,
    #"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
    #"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
    #"{"batchItemFailures":[{"itemIdentifier":7}]}"#,
    #"{"batchItemFailures":[{"itemIdentifier":"unknown"}]}"#,
    #"{"batchItemFailures":[{"itemIdentifier":"a"},{}]}"#,
    #"{"batchItemFailures":["a"]}"#,
  ])
  func completeFailure(answer: String) {
    guard case .all = BatchItemFailures(answer: Array(answer.utf8), ids: ["a", "b"]) else {
      Issue.record("\(answer) is no complete failure")
      return
    }
  }

  @Test func theNamedOnesFail() {
    let answer = #"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}"#
    #expect(BatchItemFailures(answer: Array(answer.utf8), ids: ["a", "b"]) == .some(["b"]))
  }
}
