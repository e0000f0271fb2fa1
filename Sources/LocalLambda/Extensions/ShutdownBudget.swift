/// How long the processes of an environment have to end by themselves.
///
/// See [Lambda execution environment lifecycle](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown):
/// nothing without extensions, 500 ms with internal ones, 2 s with external ones, of which the runtime may use 30 %.
struct ShutdownBudget: Sendable, Hashable {
  /// Of all processes together, where there are external extensions.
  var external = Duration.seconds(2)
  /// Of the runtime's process, where there are internal extensions only.
  var `internal` = Duration.milliseconds(500)

  /// Of the runtime's process: between SIGTERM and SIGKILL.
  func runtime(_ extensions: ExtensionRegistry) -> Duration {
    if extensions.hasExternal { return external * 3 / 10 }
    return extensions.extensions.isEmpty ? .zero : `internal`
  }

  /// Of the external extensions, when the environment began to end that long ago.
  ///
  /// What the runtime left of its own share is theirs. Their share stays whole if the runtime's end was seen late.
  func extensions(after elapsed: Duration) -> Duration { max(external - elapsed, external * 7 / 10) }
}
