#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What was built together with the tests.
public enum BuiltProducts {
  /// The folder that holds the programs: that of the test bundle, which is given to the test runner or is it.
  public static let folder: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }()

  /// The path of a program: `echo-function`, `backend`, …
  public static func program(_ name: String) -> String { folder + "/" + name }
}
