import JSON

extension EventSourceMappingDescription {
  /// As recorded from the service for queues; what concerns other sources is left out.
  var json: JSONValue {
    var object: JSONObject = [
      "UUID": .string(uuid),
      "BatchSize": .integer(configuration.batchSize),
      "MaximumBatchingWindowInSeconds": .integer(configuration.maximumBatchingWindow),
      "EventSourceArn": .string(queueARN),
      "FunctionArn": .string(functionARN),
      "EventSourceMappingArn": .string(arn),
      "LastModified": Self.seconds(lastModified),
      "State": .string(state.rawValue),
      "StateTransitionReason": "USER_INITIATED",
      "FunctionResponseTypes": configuration.reportBatchItemFailures ? ["ReportBatchItemFailures"] : [],
    ]
    object["LastProcessingResult"] = lastResult.map(JSONValue.string)
    object["ScalingConfig"] = configuration.maximumConcurrency.map { ["MaximumConcurrency": .integer($0)] }
    object["ProvisionedPollerConfig"] = configuration.provisionedPollers.map {
      ["MinimumPollers": .integer($0.lowerBound), "MaximumPollers": .integer($0.upperBound)]
    }
    if !configuration.filterPatterns.isEmpty {
      object["FilterCriteria"] = ["Filters": .array(configuration.filterPatterns.map { ["Pattern": .string($0)] })]
    }
    return .object(object)
  }

  /// `arn:aws:lambda:REGION:ACCOUNT:event-source-mapping:UUID`
  private var arn: String {
    let account = functionARN.split(separator: ":", omittingEmptySubsequences: false).prefix(5).joined(separator: ":")
    return "\(account):event-source-mapping:\(uuid)"
  }

  /// Seconds since 1970 with three decimals, as SDKs read a time.
  private static func seconds(_ milliseconds: Int64) -> JSONValue {
    let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
    return JSONNumber(text: "\(milliseconds / 1_000).\(fraction)").map(JSONValue.number) ?? .null
  }
}
