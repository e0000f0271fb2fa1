import ArgumentParser
import LocalLambda

/// What `up` and `run` take for `Event` calls.
struct EventOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The wait before an Event call that failed is tried again; before its second retry it is twice as long.",
      valueName: "seconds"))
  var eventRetryWait = 60.0

  func validate() throws {
    guard eventRetryWait >= 0, eventRetryWait <= 3600 else {
      throw ValidationError("--event-retry-wait is 0 to 3600 seconds.")
    }
  }

  var policy: AsynchronousInvocationPolicy { AsynchronousInvocationPolicy(retryWait: .seconds(eventRetryWait)) }
}
