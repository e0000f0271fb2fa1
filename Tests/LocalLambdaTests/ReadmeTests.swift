import FoundationEssentials
import Testing

/// The README's tables say what there is and which test shows it; this one sees to it that there is such a test.
@Suite struct ReadmeTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  @Test func everyTickHasItsTest() throws {
    let readme = try String(contentsOfFile: Self.root + "/README.md", encoding: .utf8)
    let rows = readme.split(separator: "\n").map { $0.split(separator: "|").map { $0.trimmed } }.filter {
      $0.count > 3 && $0[1] == "✓"
    }
    try #require(rows.count > 20)
    let tests = try Self.tests()
    for row in rows {
      let names = row[row.count - 1].split(separator: "`").map(String.init).filter { $0.contains(where: \.isLetter) }
      #expect(!names.isEmpty, "\(row[0])")
      for name in names where !name.hasPrefix("make ") {
        let isThere = tests.contains(name)
        #expect(isThere, "\(row[0]): there is no test \(name)")
      }
    }
  }

  /// The names of all test functions.
  private static func tests() throws -> Set<String> {
    let folder = root + "/Tests"
    var names: Set<String> = []
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder) where file.hasSuffix("Tests.swift") {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      for part in text.split(separator: "func ").dropFirst() {
        names.insert(String(part.prefix { $0.isLetter || $0.isNumber }))
      }
    }
    return names
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
