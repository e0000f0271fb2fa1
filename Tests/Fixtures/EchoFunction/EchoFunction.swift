import JSON
import LambdaRuntime

/// A function for tests: it does what the event asks for.
///
/// An event that is no JSON object, or one without a `mode`, is its own answer. See ``Mode`` for the rest.
/// `ECHO_INIT` in the environment breaks the start: `fail`, `exit`, `hang` or `crash`.
@main
struct EchoFunction {
  static func main() {
    LambdaRuntime.run { environment in
      try await breakStart(environment["ECHO_INIT"])
      return { event, context in
        guard event.first == UInt8(ascii: "{"), let object = try? JSONValue(parsing: event), let name = object["mode"]
        else { return .buffered(event) }
        guard let mode = name.stringValue.flatMap(Mode.init) else { throw EchoError(message: "no mode \(name)") }
        return try await mode.answer(object, event, context, environment)
      }
    }
  }
}

/// The error that the function fails with unless the event says otherwise.
struct EchoError: LambdaReportableError {
  var errorType = "EchoError"
  var message = "asked to fail"

  var errorMessage: String { message }
}
