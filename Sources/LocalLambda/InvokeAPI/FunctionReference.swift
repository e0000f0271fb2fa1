/// How a caller names a function: by name, partial ARN or ARN, each with an optional qualifier.
///
/// See [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), `FunctionName`.
struct FunctionReference: Equatable {
  let name: String
  let qualifier: String?

  init(_ text: String) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if parts.starts(with: ["arn", "aws", "lambda"]) { parts.removeFirst(min(6, parts.count)) }
    if parts.count >= 3, parts[1] == "function" { parts.removeFirst(2) }
    name = parts.first ?? ""
    qualifier = parts.count > 1 ? parts[1] : nil
  }
}
