/// Functions of a few lines of shell.
enum Answering {
  /// Gives one answer, whatever it is asked.
  static func command(_ answer: String) -> [String] {
    let quoted = answer.replacing("'", with: #"'\''"#)
    return loop(
      """
      printf '%s' '\(quoted)' |
        curl -sS -o /dev/null -X POST --data-binary @- "$api/invocation/$id/response" || exit 1
      """)
  }

  /// Streams what a script prints, and says that it streams, or does not; its connection is cut after some seconds.
  static func streaming(_ script: String, type: String, saysSo: Bool = true, limit: Int = 60) -> [String] {
    let mode = saysSo ? "-H 'Lambda-Runtime-Function-Response-Mode: streaming'" : ""
    return loop(
      """
      { \(script)
      } | timeout -s KILL \(limit) curl -sS -o /dev/null -X POST -T - -H 'Content-Type: \(type)' -H 'Transfer-Encoding: chunked' \
        \(mode) "$api/invocation/$id/response"
      """)
  }

  private static func loop(_ answer: String) -> [String] {
    let script = """
      api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
      while :; do
        id=$(curl -sS -o /dev/null -D - "$api/invocation/next" | tr -d '\\r' |
          sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
        [ -n "$id" ] || exit 1
        \(answer)
      done
      """
    return ["sh", "-c", script]
  }

  /// A runtime that takes an event and never answers.
  static let never = [
    "sh", "-c", "curl -sS -o /dev/null http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next; sleep 60",
  ]
}
