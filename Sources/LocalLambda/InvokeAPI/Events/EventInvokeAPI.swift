import JSON
import NIOCore
import NIOHTTP1

/// GetFunctionEventInvokeConfig, Put…, Update…, Delete… and ListFunctionEventInvokeConfigs.
///
/// See [PutFunctionEventInvokeConfig](https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html).
struct EventInvokeAPI {
  let function: FunctionConfiguration
  let asynchronous: AsynchronousInvocations

  /// Answers a call on `…/event-invoke-config`; nil is an answer without a body.
  func answer(_ request: ServerRequest) throws(InvokeAPIError) -> JSONValue? {
    switch request.head.method {
    case .GET: return describe(try stored())
    case .PUT:
      set(try configuration(EventInvokeConfiguration(), from: request))
      return describe(try stored())
    case .POST:
      set(try configuration(try stored().configuration, from: request))
      return describe(try stored())
    case .DELETE:
      _ = try stored()
      set(nil)
      return nil
    default: throw .unknownOperation
    }
  }

  /// All configurations of the function: there is one version, and so at most one.
  func list() -> JSONValue {
    let stored = asynchronous.assumeIsolated { $0.configuration(of: function.name) }
    return ["FunctionEventInvokeConfigs": .array(stored.map { [describe($0)] } ?? [])]
  }

  private func set(_ configuration: EventInvokeConfiguration?) {
    asynchronous.assumeIsolated { $0.set(configuration, of: function.name) }
  }

  private func stored() throws(InvokeAPIError) -> AsynchronousInvocations.StoredConfiguration {
    guard let stored = asynchronous.assumeIsolated({ $0.configuration(of: function.name) }) else {
      throw .notFound(message: "The function \(function.arn):$LATEST doesn't have an EventInvokeConfig")
    }
    return stored
  }

  private func describe(_ stored: AsynchronousInvocations.StoredConfiguration) -> JSONValue {
    let configuration = stored.configuration
    func destination(_ arn: String?) -> JSONValue { arn.map { ["Destination": .string($0)] } ?? [:] }
    var description: JSONObject = [
      "LastModified": JSONNumber(Double(stored.lastModified) / 1_000).map(JSONValue.number) ?? .null,
      "FunctionArn": .string(function.arn + ":$LATEST"),
      "DestinationConfig": [
        "OnSuccess": destination(configuration.onSuccess), "OnFailure": destination(configuration.onFailure),
      ],
    ]
    if let attempts = configuration.maximumRetryAttempts {
      description["MaximumRetryAttempts"] = .integer(attempts)
    }
    if let age = configuration.maximumEventAge { description["MaximumEventAgeInSeconds"] = .integer(age) }
    return .object(description)
  }

  /// What a request says, and of the rest what was there.
  private func configuration(
    _ old: EventInvokeConfiguration, from request: ServerRequest
  ) throws(InvokeAPIError) -> EventInvokeConfiguration {
    guard let body = try? JSONValue(parsing: request.body.readableBytesView), let members = body.objectValue else {
      throw InvokeAPIError(
        status: .badRequest, type: "SerializationException", message: "Could not parse the request body into JSON")
    }
    var new = old
    new.maximumRetryAttempts =
      try members.integer("MaximumRetryAttempts", in: EventInvokeConfiguration.retryAttempts)
      ?? old.maximumRetryAttempts
    new.maximumEventAge =
      try members.integer("MaximumEventAgeInSeconds", in: EventInvokeConfiguration.eventAge)
      ?? old.maximumEventAge
    if let destinations = members["DestinationConfig"], !destinations.isNull {
      new.onSuccess = try destination("OnSuccess", of: destinations)
      new.onFailure = try destination("OnFailure", of: destinations)
    } else if members.allSatisfy(\.value.isNull) {
      throw .invalidParameter("You must specify at least one of error handling or destination setting.")
    }
    return new
  }

  private func destination(_ name: String, of destinations: JSONValue) throws(InvokeAPIError) -> String? {
    guard let arn = destinations[name]?["Destination"]?.stringValue, !arn.isEmpty else { return nil }
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 6, parts[0] == "arn" else {
      throw .validation(
        arn, at: "destinationConfig.\(name.uncapitalized).destination",
        "Member must satisfy regular expression pattern: "
          + #"$|^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?(-iso([a-z])?)?-[a-z]+-\d{1})?:(\d{12})?:(.*)"#
      )
    }
    if arn == function.arn || arn.hasPrefix(function.arn + ":") {
      throw .invalidParameter("You can't specify the function as a destination for itself.")
    }
    guard parts[2] == "sqs" || parts[2] == "lambda" else {
      throw .invalidParameter(
        "The destination \(arn) is not served locally: records go to SQS queues and Lambda functions.")
    }
    guard asynchronous.assumeIsolated({ $0.hasTarget(arn) }) else {
      throw .invalidParameter("The destination ARN \(arn) is invalid.")
    }
    return arn
  }
}
