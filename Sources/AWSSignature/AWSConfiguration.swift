/// Where AWS is and as whom to speak to it, read from the variables that every AWS SDK reads.
public struct AWSConfiguration: Sendable, Hashable {
  /// The region, as `eu-central-1`.
  public let region: String
  /// Whose requests these are.
  public let credentials: AWSCredentials
  /// Where SQS is.
  public let endpoint: AWSEndpoint

  /// Makes a configuration from values; `sqsEndpoint` is the base URL of another SQS than Amazon's own of the region.
  public init(
    region: String, credentials: AWSCredentials, sqsEndpoint: String? = nil
  ) throws(AWSConfigurationError) {
    try self.init(
      region: region, credentials: credentials,
      endpoint: sqsEndpoint.map { (variable: "AWS_ENDPOINT_URL_SQS", url: $0) })
  }

  /// Reads `AWS_REGION` (or `AWS_DEFAULT_REGION`), `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`
  /// and `AWS_ENDPOINT_URL_SQS` (or `AWS_ENDPOINT_URL`); empty counts as unset.
  public init(environment: (String) -> String?) throws(AWSConfigurationError) {
    func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    func required(_ name: String) throws(AWSConfigurationError) -> String {
      guard let value = value(name) else { throw AWSConfigurationError(variable: name, reason: "is not set") }
      return value
    }
    let hasOnlyOlderRegion = value("AWS_REGION") == nil && value("AWS_DEFAULT_REGION") != nil
    let endpointVariable = value("AWS_ENDPOINT_URL_SQS") == nil ? "AWS_ENDPOINT_URL" : "AWS_ENDPOINT_URL_SQS"
    try self.init(
      region: required(hasOnlyOlderRegion ? "AWS_DEFAULT_REGION" : "AWS_REGION"),
      credentials: AWSCredentials(
        accessKeyID: required("AWS_ACCESS_KEY_ID"), secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
        sessionToken: value("AWS_SESSION_TOKEN")),
      endpoint: value(endpointVariable).map { (variable: endpointVariable, url: $0) })
  }

  private init(
    region: String, credentials: AWSCredentials, endpoint: (variable: String, url: String)?
  ) throws(AWSConfigurationError) {
    guard !region.isEmpty, region.utf8.allSatisfy(\.isHostNameCharacter) else {
      throw AWSConfigurationError(variable: "AWS_REGION", reason: "is not a region's name such as eu-central-1")
    }
    let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    guard let parsed = AWSEndpoint(url: endpoint?.url ?? "https://sqs.\(region).\(domain)") else {
      throw AWSConfigurationError(
        variable: endpoint?.variable ?? "AWS_REGION", reason: "is not an http or https URL of a host and a path")
    }
    self.region = region
    self.credentials = credentials
    self.endpoint = parsed
  }
}

/// An access key, and the session token that comes with a temporary one.
public struct AWSCredentials: Sendable, Hashable, CustomStringConvertible {
  /// The public half of the key.
  public let accessKeyID: String
  /// The secret half of the key.
  public let secretAccessKey: String
  /// The token of temporary credentials, which a function on Lambda always has.
  public let sessionToken: String?

  /// Makes credentials.
  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }

  /// The access key's id only, so that no log ever shows the secret.
  public var description: String { "AWSCredentials(\(accessKeyID))" }
}

/// A variable that is missing or cannot be used.
public struct AWSConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The variable's name.
  public let variable: String
  /// What is wrong with it, to be read after the name.
  public let reason: String

  /// The name and the reason.
  public var description: String { "\(variable) \(reason)" }
}
