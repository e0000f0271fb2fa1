import LambdaRuntime

/// How long an invocation may work before it has to hand over and answer.
struct TimeBudget: Sendable {
  let start: ContinuousClock.Instant
  /// When work has to end; what is left of the invocation then is for handing over and answering.
  let end: ContinuousClock.Instant
  /// When handing over has to end.
  let handOverEnd: ContinuousClock.Instant

  init(_ context: LambdaContext) {
    let total = max(context.remainingTime(), .zero)
    let reserve = min(total / 5, .seconds(5))
    start = .now
    end = start + total - reserve
    handOverEnd = start + total - reserve / 4
  }

  var left: Duration { end - .now }

  /// Whether most of the invocation's time is still there: what does not fit into that never will.
  var isMostlyLeft: Bool { left * 2 >= end - start }
}
