/// The region and account that local ARNs carry.
public struct AccountIdentity: Hashable, Sendable {
  /// `AWS_REGION` of the functions.
  public var region: String
  /// Twelve digits.
  public var accountID: String

  /// Amazon's own example account, unless told otherwise.
  public init(region: String = "us-east-1", accountID: String = "000000000000") {
    self.region = region
    self.accountID = accountID
  }

  /// A queue's ARN.
  public func queueARN(_ name: String) -> String { "arn:aws:sqs:\(region):\(accountID):\(name)" }

  /// A function's ARN.
  public func functionARN(_ name: String) -> String { "arn:aws:lambda:\(region):\(accountID):function:\(name)" }
}
