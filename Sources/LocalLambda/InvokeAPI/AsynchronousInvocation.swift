import NIOCore

/// An event that nobody waits for: tried again twice when the function fails, and for as long as it is throttled.
///
/// See [Asynchronous invocation](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
struct AsynchronousInvocation: Sendable {
  let function: FunctionHost
  let invocation: Invocation
  let eventLoop: any EventLoop

  /// The waits before the second and the third try.
  private static let waits: [TimeAmount] = [.minutes(1), .minutes(2)]
  /// How old an event may get.
  private static let maximumAge = TimeAmount.hours(6)

  func start() {
    run(failures: 0, since: .now())
  }

  private func run(failures: Int, since: NIODeadline) {
    function.assumeIsolated { host in
      host.submit(invocation) { result in
        switch result.outcome {
        case .success: return
        case .functionError where failures < Self.waits.count:
          again(in: Self.waits[failures], failures: failures + 1, since: since)
        case .functionError: return
        case .throttled: again(in: .seconds(1), failures: failures, since: since)
        }
      }
    }
  }

  private func again(in wait: TimeAmount, failures: Int, since: NIODeadline) {
    guard .now() + wait - since < Self.maximumAge else { return }
    eventLoop.scheduleTask(in: wait) { run(failures: failures, since: since) }
  }
}
