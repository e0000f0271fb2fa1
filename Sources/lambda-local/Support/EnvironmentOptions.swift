import ArgumentParser
import FoundationEssentials
import LocalLambda

/// What `run` and `up` take to say how environments are kept.
struct EnvironmentOptions: ParsableArguments {
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

  func validate() throws {
    guard idleTimeout > 0 else { throw ValidationError("--idle-timeout is at least 1 second.") }
    if let extensions {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: extensions, isDirectory: &isFolder), isFolder else {
        throw ValidationError("--extensions: there is no folder \(extensions).")
      }
    }
  }

  var policy: EnvironmentPolicy {
    var policy = EnvironmentPolicy()
    policy.idleTimeout = .seconds(idleTimeout)
    policy.keepsSpare = spare
    policy.freezes = freeze
    policy.extensionFolder = extensions.map {
      $0.hasPrefix("/") ? $0 : FileManager.default.currentDirectoryPath + "/" + $0
    }
    return policy
  }
}
