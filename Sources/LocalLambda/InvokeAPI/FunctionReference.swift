/// How a caller names a function: by name, partial ARN or ARN, each with an optional qualifier.
///
/// See [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), `FunctionName`.
struct FunctionReference: Equatable {
  let name: String
  let qualifier: String?

  /// Nil for what is none of these.
  init?(_ text: String) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.count >= 7, parts[0] == "arn", parts[2] == "lambda", parts[5] == "function" {
      parts.removeFirst(6)
    } else if parts.count >= 3, parts[1] == "function" {
      parts.removeFirst(2)
    } else if parts.count >= 2, parts[0] == "function" {
      parts.removeFirst()
    }
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    name = parts[0]
    qualifier = parts.count == 2 ? parts[1] : nil
  }
}
