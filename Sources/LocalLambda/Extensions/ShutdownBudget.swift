import NIOCore

/// How long the processes of an environment have to end by themselves.
///
/// See [Lambda execution environment lifecycle](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown):
/// nothing without extensions, 500 ms with internal ones, 2 s with external ones, of which the runtime may use 30 %.
enum ShutdownBudget {
  static let external = TimeAmount.seconds(2)

  /// Of the runtime's process: between SIGTERM and SIGKILL.
  static func runtime(_ extensions: ExtensionRegistry) -> TimeAmount {
    if extensions.hasExternal { return .milliseconds(600) }
    return extensions.extensions.isEmpty ? .zero : .milliseconds(500)
  }
}
