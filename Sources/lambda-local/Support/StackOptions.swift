import ArgumentParser
import FoundationEssentials
import LocalLambda

/// What `up` and `demo` take to describe a stack.
struct StackOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The template.", valueName: "file")) var template = "template.yaml"
  @Option(help: "The address to listen on.") var host = "127.0.0.1"

  /// A stack in throw-away state on free ports.
  func configuration() throws -> StackConfiguration {
    var configuration = try Self.configuration(template: template)
    configuration.host = host
    return configuration
  }

  /// A stack of a template with this process's environment.
  static func configuration(template: String) throws -> StackConfiguration {
    let environment = ProcessInfo.processInfo.environment
    let region = [environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]].compactMap(\.self).first { !$0.isEmpty }
    let template = try Template(path: template, account: AccountIdentity(region: region ?? "us-east-1"))
    return StackConfiguration(
      template: template, environment: environment, programDirectory: Platform.programDirectory)
  }
}

extension Failure {
  /// What a stack, its template or a function's configuration complains about, with the exit code that fits.
  init?(stackError error: any Error) {
    switch error {
    case let error as TemplateError: self.init(.configuration, error.description)
    case let error as FunctionConfigurationError: self.init(.configuration, error.description)
    case let error as StackError:
      switch error.kind {
      case .configuration: self.init(.configuration, error.message)
      case .unavailable: self.init(.unavailable, error.message)
      case .failed: self.init(.failed, error.message)
      }
    default: return nil
    }
  }
}
