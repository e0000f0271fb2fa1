import JSON
import NIOCore

extension FunctionHost {
  var initializationType: String { isManaged ? "lambda-managed-instances" : "on-demand" }

  private var initPhase: JSONObject { ["initializationType": .string(initializationType), "phase": "init"] }

  /// An extension is ready.
  func initialised(_ one: ExtensionRegistry.Extension, of environment: ExecutionEnvironment) {
    emit(
      .platform(
        "extension",
        [
          "name": .string(one.name), "state": "Ready",
          "events": .array(one.events.map(\.rawValue).sorted().map(JSONValue.string)),
        ]), of: environment)
  }

  /// The runtime is ready, or has failed.
  func runtimeInitialised(_ environment: ExecutionEnvironment, isSuccess: Bool) {
    var record = initPhase
    record["status"] = isSuccess ? "success" : "error"
    emit(.platform("initRuntimeDone", .object(record)), of: environment)
  }

  /// Init is over.
  func reportInit(of environment: ExecutionEnvironment, _ duration: TimeAmount) {
    var record = initPhase
    record["status"] = "success"
    record["metrics"] = ["durationMs": Self.milliseconds(duration)]
    emit(.platform("initReport", .object(record)), of: environment)
  }

  /// The runtime has done with an invocation; the report follows when the extensions have, too.
  func runtimeDone(
    _ work: ExecutionEnvironment.Work, _ outcome: InvocationResult.Outcome, timedOut: Bool, _ duration: TimeAmount,
    of environment: ExecutionEnvironment
  ) {
    guard !environment.subscribers.isEmpty else { return }
    var metrics: JSONObject = ["durationMs": Self.milliseconds(duration)]
    var record: JSONObject = ["requestId": .string(work.requestID)]
    switch outcome {
    case .success(let body, _):
      record["status"] = "success"
      metrics["producedBytes"] = .integer(Int64(body.readableBytes))
    case .functionError(let body) where !timedOut:
      let isGone = environment.processID == nil && !environment.isAttached
      record["status"] = isGone ? "failure" : "error"
      let named = (try? JSONValue(parsing: body.readableBytesView))?["errorType"]?.stringValue
      record["errorType"] = .string(FunctionError.checkedType(work.reportedErrorType ?? named))
    case .functionError, .throttled: record["status"] = "timeout"
    }
    let status = record["status"] ?? .null
    record["metrics"] = .object(metrics)
    emit(.platform("runtimeDone", .object(record)), of: environment)

    let report = InvocationReport(
      requestID: work.requestID, duration: duration, initDuration: work.initDuration,
      memorySizeMB: configuration.memorySizeMB,
      maximumMemoryUsedMB: environment.processID.map { InvocationReport.peakMemoryMB(of: $0) } ?? 0)
    environment.reports.append(
      ["requestId": .string(work.requestID), "status": status, "metrics": .object(Self.metrics(report))])
  }

  /// What a report says in numbers.
  private static func metrics(_ report: InvocationReport) -> JSONObject {
    var metrics: JSONObject = [
      "durationMs": milliseconds(report.duration),
      "billedDurationMs": .integer(report.billedMilliseconds),
      "memorySizeMB": .integer(report.memorySizeMB),
      "maxMemoryUsedMB": .integer(report.maximumMemoryUsedMB),
    ]
    if let initDuration = report.initDuration { metrics["initDurationMs"] = milliseconds(initDuration) }
    return metrics
  }

  /// Invocations are over.
  func emitReports(of environment: ExecutionEnvironment) {
    guard !environment.reports.isEmpty else { return }
    for report in environment.reports {
      emit(.platform("end", ["requestId": report["requestId"] ?? .null]), of: environment)
      emit(.platform("report", report), of: environment)
    }
    environment.reports = []
  }

  private static func milliseconds(_ time: TimeAmount) -> JSONValue {
    JSONNumber(Double(time.nanoseconds / 1000) / 1000).map(JSONValue.number) ?? .null
  }
}
