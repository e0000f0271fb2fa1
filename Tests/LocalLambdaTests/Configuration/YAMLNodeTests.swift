import Testing

@testable import LocalLambda

@Suite struct YAMLNodeTests {
  /// A node as one line of text: what a test can compare.
  private func outline(_ yaml: String) throws -> String { try YAMLNode.parse(yaml).map(outline) ?? "nothing" }

  private func outline(_ node: YAMLNode) -> String {
    let content =
      switch node.content {
      case .scalar(let text, isPlain: true): text
      case .scalar(let text, isPlain: false): "'\(text)'"
      case .sequence(let items): "[" + items.map(outline).joined(separator: ", ") + "]"
      case .mapping(let pairs):
        "{" + pairs.map { "\(outline($0.key)): \(outline($0.value))" }.joined(separator: ", ") + "}"
      }
    return node.tag.hasPrefix("!") ? "\(node.tag) \(content)" : content
  }

  @Test(arguments: [
    ("", "nothing"),
    ("# only a remark\n", "nothing"),
    ("A: 1\nB: '1'\nC: \"\\u00e9\"\n", "{A: 1, B: '1', C: 'é'}"),
    ("A: [x, {y: z}]\n", "{A: [x, {y: z}]}"),
    ("A: !Ref B\nC: !Join ['', [a, !GetAtt D.Arn]]\n", "{A: !Ref B, C: !Join ['', [a, !GetAtt D.Arn]]}"),
    ("A: |\n  one\n  two\n", "{A: 'one\ntwo\n'}"),
    ("A: &one {x: 1}\nB: *one\n", "{A: {x: 1}, B: {x: 1}}"),
    (#"{"A": "\ud83d\ude00 \\ud83d\\ude00 \u00e9"}"#, #"{'A': '😀 \ud83d\ude00 é'}"#),
    (#"A: '{\ud83d\ude00}'"#, #"{A: '{\ud83d\ude00}'}"#),
  ]) func isReadAsWritten(yaml: String, nodes: String) throws {
    #expect(try outline(yaml) == nodes)
  }

  @Test func aNodeKnowsItsLine() throws {
    guard case .mapping(let pairs) = try YAMLNode.parse("A: 1\n\nB:\n  - x\n")?.content else {
      Issue.record("no mapping")
      return
    }
    #expect(pairs.map(\.key.line) == [1, 3])
    #expect(pairs.map(\.value.line) == [1, 4])
  }

  @Test(
    arguments: [
      ("A: [", 2, "did not find"),
      ("A: 1\n\tB: 2\n", 2, "tab character"),
      ("A: *nobody\n", 1, "undefined alias"),
      ("A: &a\n  B: *a\n", 1, "contains itself"),
      ("A: 1\n---\nB: 2\n", 3, "second document"),
      ("A: \u{7}\n", nil, "control characters"),
      (#"{"A": "\ud83d"}"#, 1, "Unicode"),
    ] as [(String, Int?, String)]) func whatIsNoneIsToldWithItsPlace(yaml: String, line: Int?, problem: String)
  {
    let error = #expect(throws: YAMLError.self) { try YAMLNode.parse(yaml) }
    #expect(error?.line == line)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }
}
