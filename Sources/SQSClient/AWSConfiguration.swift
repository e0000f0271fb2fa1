/// Where AWS is and as whom to speak to it, read from the variables that every AWS SDK reads.
public struct AWSConfiguration: Sendable, Hashable {
  /// The region, as `eu-central-1`.
  public let region: String
  /// Whose requests these are.
  public let credentials: AWSCredentials
  /// The base URL of another SQS than Amazon's; nil means Amazon's own of the region.
  public let sqsEndpoint: String?

  /// Makes a configuration from values.
  public init(region: String, credentials: AWSCredentials, sqsEndpoint: String? = nil) {
    self.region = region
    self.credentials = credentials
    self.sqsEndpoint = sqsEndpoint
  }

  /// Reads `AWS_REGION` (or `AWS_DEFAULT_REGION`), `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`
  /// and `AWS_ENDPOINT_URL_SQS` (or `AWS_ENDPOINT_URL`); empty counts as unset.
  public init(environment: (String) -> String?) throws(AWSConfigurationError) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap(environment).first { !$0.isEmpty }
    }
    guard let region = value("AWS_REGION", "AWS_DEFAULT_REGION") else {
      throw AWSConfigurationError(variable: "AWS_REGION", reason: "is not set; name the region of the queue")
    }
    guard region.utf8.allSatisfy({ $0.isHostNameCharacter }) else {
      throw AWSConfigurationError(variable: "AWS_REGION", reason: "is not a region's name such as eu-central-1")
    }
    guard let accessKeyID = value("AWS_ACCESS_KEY_ID") else {
      throw AWSConfigurationError(
        variable: "AWS_ACCESS_KEY_ID", reason: "is not set; requests to SQS are signed with it")
    }
    guard let secretAccessKey = value("AWS_SECRET_ACCESS_KEY") else {
      throw AWSConfigurationError(
        variable: "AWS_SECRET_ACCESS_KEY", reason: "is not set; requests to SQS are signed with it")
    }
    for name in ["AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"] {
      if let url = value(name), AWSEndpoint(url: url) == nil {
        throw AWSConfigurationError(variable: name, reason: "is not an http or https URL")
      }
    }
    self.init(
      region: region,
      credentials: AWSCredentials(
        accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: value("AWS_SESSION_TOKEN")),
      sqsEndpoint: value("AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL"))
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
