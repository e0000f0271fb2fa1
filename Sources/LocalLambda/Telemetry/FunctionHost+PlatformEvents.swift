import JSON
import NIOCore

extension FunctionHost {
  var initializationType: String { isManaged ? "lambda-managed-instances" : "on-demand" }

  /// What all events of an init begin with: one that took too long is done anew inside the invocation.
  func initPhase(of environment: ExecutionEnvironment) -> JSONObject {
    ["initializationType": .string(initializationType), "phase": environment.isSecondInit ? "invoke" : "init"]
  }

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

  /// How init ended, in the words of `platform.initRuntimeDone`.
  enum InitStatus: String {
    case success
    /// The runtime said that it cannot start.
    case error
    /// Something ended before it was ready.
    case failure
    case timeout
  }

  /// The runtime is ready, or has failed.
  func runtimeInitialised(_ environment: ExecutionEnvironment, _ status: InitStatus = .success, type: String? = nil) {
    emit(.platform("initRuntimeDone", .object(initRecord(of: environment, status, type))), of: environment)
  }

  /// Init is over.
  func reportInit(of environment: ExecutionEnvironment, _ status: InitStatus = .success, type: String? = nil) {
    var record = initRecord(of: environment, status, type)
    record["metrics"] = ["durationMs": Self.milliseconds(NIODeadline.now() - environment.startedAt)]
    emit(.platform("initReport", .object(record)), of: environment)
  }

  private func initRecord(of environment: ExecutionEnvironment, _ status: InitStatus, _ type: String?) -> JSONObject {
    var record = initPhase(of: environment)
    record["status"] = .string(status.rawValue)
    if let type { record["errorType"] = .string(type) }
    return record
  }

  /// Init has failed: for the runtime, unless that was ready, and so on the whole.
  func reportFailedInit(of environment: ExecutionEnvironment, _ status: InitStatus, type: String? = nil) {
    if environment.extensions.isOpen { runtimeInitialised(environment, status, type: type) }
    reportInit(of: environment, status, type: type)
  }

  /// An invocation begins.
  func invocationBegins(_ requestID: String, in environment: ExecutionEnvironment) {
    emit(.platform("start", ["requestId": .string(requestID), "version": "$LATEST"]), of: environment)
  }

  /// The runtime has done with an invocation; the report follows when the extensions have, too.
  func runtimeDone(
    _ requestID: String, _ outcome: InvocationResult.Outcome, type: String? = nil, timedOut: Bool,
    _ duration: TimeAmount, initDuration: TimeAmount? = nil, of environment: ExecutionEnvironment
  ) {
    guard !environment.subscribers.isEmpty else { return }
    var metrics: JSONObject = ["durationMs": Self.milliseconds(duration)]
    var record: JSONObject = ["requestId": .string(requestID)]
    switch outcome {
    case .success(let body, _):
      record["status"] = "success"
      metrics["producedBytes"] = .integer(Int64(body.readableBytes))
    case .functionError(let body) where !timedOut:
      let isGone = environment.processID == nil && !environment.isAttached
      record["status"] = isGone ? "failure" : "error"
      let named = (try? JSONValue(parsing: body.readableBytesView))?["errorType"]?.stringValue
      record["errorType"] = .string(FunctionError.checkedType(type ?? named))
    case .functionError, .throttled: record["status"] = "timeout"
    }
    let status = record["status"] ?? .null
    record["metrics"] = .object(metrics)
    emit(.platform("runtimeDone", .object(record)), of: environment)

    let report = InvocationReport(
      requestID: requestID, duration: duration, initDuration: initDuration,
      memorySizeMB: configuration.memorySizeMB,
      maximumMemoryUsedMB: environment.processID.map { InvocationReport.peakMemoryMB(of: $0) } ?? 0)
    environment.reports.append(
      ["requestId": .string(requestID), "status": status, "metrics": .object(Self.metrics(report))])
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
