/// How a caller names a function: by name, partial ARN or ARN, each with an optional qualifier.
///
/// See [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), `FunctionName`.
struct FunctionReference: Equatable {
  var name: String
  var qualifier: String?
  var region: String?
  var accountID: String?

  /// The service's own rule for names.
  static let pattern =
    #"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"#
    + #"([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"#

  /// The service's own rule for qualifiers that stand beside the name.
  static let qualifierPattern = "(|[a-zA-Z0-9$_-]+)"

  /// The longest of them.
  private static let longestQualifier = 128

  /// Nil for what is none of these.
  init?(_ text: String) {
    var parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }[...]
    if parts.count > 3, parts[0] == "arn" {
      guard parts[1].hasPrefix("aws"), parts[2] == "lambda" else { return nil }
      parts = parts.dropFirst(3)
    }
    if parts.count > 1, let first = parts.first, Self.isRegion(first) { region = parts.removeFirst() }
    if parts.count > 1, let first = parts.first, QueueScope.isAccountID(first.utf8) {
      accountID = parts.removeFirst()
    }
    // A function may be called `function`, too.
    if parts.count > 1, parts.first == "function", Self.isName(parts[parts.startIndex + 1]) { parts.removeFirst() }
    guard let name = parts.popFirst(), Self.isName(name) else { return nil }
    self.name = name
    qualifier = parts.popFirst()
    guard parts.isEmpty, qualifier.map(Self.isQualifier) ?? true else { return nil }
  }

  /// Refuses what no qualifier beside the name can be; there it may have a `$` anywhere.
  static func check(qualifier: String) throws(InvokeAPIError) {
    guard qualifier.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: "$") }) else {
      throw .validation(
        qualifier, at: "qualifier", "Member must satisfy regular expression pattern: \(qualifierPattern)")
    }
    guard qualifier.utf8.count <= longestQualifier else {
      throw .validation(
        qualifier, at: "qualifier", "Member must have length less than or equal to \(longestQualifier)")
    }
  }

  /// `$LATEST`, a version, or an alias.
  private static func isQualifier(_ text: String) -> Bool {
    text == "$LATEST" || (!text.isEmpty && text.utf8.allSatisfy(isWord))
  }

  /// Whether a function may be called that.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// `us-east-1`, `us-gov-west-1`, …
  private static func isRegion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 4, let last = parts.last, last.count == 1, last.allSatisfy(isDigit) else {
      return false
    }
    return parts[0].count == 2 && parts.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy(isLetter) }
  }
}
