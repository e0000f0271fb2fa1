import ArgumentParser
import FoundationEssentials
import LocalLambda

/// What `run` and `up` take to say how functions are hosted.
struct FunctionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("End an environment that was idle for so long.", valueName: "seconds"))
  var idleTimeout = 900
  @Flag(
    inversion: .prefixedNo,
    help: "Keep one environment more than is busy, so that a crash costs the next caller no cold start.")
  var spare = true
  @Flag(help: "Stop environments (SIGSTOP) while they have nothing to do, as Lambda does.") var freeze = false
  @Option(
    help: ArgumentHelp(
      "A folder that stands for /opt/extensions: each executable in it runs in every environment.", valueName: "dir"))
  var extensions: String?
  @Option(
    help: ArgumentHelp(
      "The wait before an Event call that failed is tried again; before its second retry it is twice as long.",
      valueName: "seconds"))
  var eventRetryWait = 60.0

  func validate() throws {
    guard eventRetryWait >= 0, eventRetryWait <= 3600 else {
      throw ValidationError("--event-retry-wait is 0 to 3600 seconds.")
    }
    guard idleTimeout > 0 else { throw ValidationError("--idle-timeout is at least 1 second.") }
    if let extensions {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: extensions, isDirectory: &isFolder), isFolder else {
        throw ValidationError("--extensions: there is no folder \(extensions).")
      }
    }
  }

  var environments: EnvironmentPolicy {
    var policy = EnvironmentPolicy()
    policy.idleTimeout = .seconds(idleTimeout)
    policy.keepsSpare = spare
    policy.freezes = freeze
    policy.extensionFolder = extensions.map {
      $0.hasPrefix("/") ? $0 : FileManager.default.currentDirectoryPath + "/" + $0
    }
    return policy
  }

  var events: AsynchronousInvocationPolicy { AsynchronousInvocationPolicy(retryWait: .seconds(eventRetryWait)) }
}
