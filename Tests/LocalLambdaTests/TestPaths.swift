/// Where the tests find the project's own files and what was built with them.
enum TestPaths {
  /// The repository's folder.
  static let repository = String(#filePath.dropLast("/Tests/LocalLambdaTests/TestPaths.swift".count))
}
