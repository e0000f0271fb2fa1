import AWSSignature
import JSON
import NIOCore
import NIOHTTP1

/// Who called a function URL with `AuthType: AWS_IAM`, as the request's signature says.
///
/// The signature itself is not checked: that takes the caller's secret key, which only AWS knows. What is wrong without
/// knowing it is refused in Lambda's words. See
/// [Control access to function URLs](https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html) and
/// [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
struct SignedCaller: Sendable, Hashable {
  /// Why a request is not let in: 403.
  struct Refusal: Error, Hashable {
    let type: String
    let body: String

    static let forbidden = Refusal(type: "AccessDeniedException", body: #"{"Message":"Forbidden"}"#)

    static func wrongScope(_ problem: String) -> Refusal {
      Refusal(type: "InvalidSignatureException", body: #"{"message":"Credential should be scoped to \#(problem). "}"#)
    }
  }

  static let algorithm = "AWS4-HMAC-SHA256"

  let accessKey: String
  /// The account whose root user every caller is, for local keys belong to nobody.
  let accountID: String

  /// Reads the `Authorization` of a request or, where that is missing, its query (a presigned URL).
  init(_ request: ServerRequest, identity: AccountIdentity) throws(Refusal) {
    let parameters = request["authorization"].map(Self.parameters(ofField:)) ?? Self.parameters(ofQuery: request.query)
    guard let parameters, let scope = parameters["Credential"].flatMap({ CredentialScope($0) }),
      parameters["Signature"]?.isEmpty == false, parameters["SignedHeaders"]?.isEmpty == false
    else { throw .forbidden }
    guard !scope.accessKeyID.contains("/") else { throw .forbidden }
    guard scope.service == "lambda" else { throw .wrongScope("correct service: 'lambda'") }
    guard scope.region == identity.region else { throw .wrongScope("a valid region") }
    accessKey = scope.accessKeyID
    accountID = identity.accountID
  }

  /// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`; nil for another scheme.
  private static func parameters(ofField value: String) -> [String: String]? {
    guard value.hasPrefix(algorithm + " ") else { return nil }
    var parameters: [String: String] = [:]
    for part in value.dropFirst(algorithm.utf8.count).split(separator: ",") {
      let pair = GatewayEvent.trimmed(part).split(separator: "=", maxSplits: 1)
      if pair.count == 2 { parameters[String(pair[0])] = String(pair[1]) }
    }
    return parameters
  }

  private static func parameters(ofQuery query: Substring) -> [String: String]? {
    var parameters: [String: String] = [:]
    for (name, value) in QueryString.pairs(query) where name.hasPrefix("X-Amz-") {
      parameters[String(name.dropFirst(6))] = value
    }
    return parameters["Algorithm"] == algorithm ? parameters : nil
  }

  /// Writes `"authorizer":{"iam":…}` of an event's context.
  func writeAuthorizer(to writer: inout JSONWriter) {
    writer.raw(#","authorizer":{"iam":{"accessKey":"#)
    writer.string(accessKey)
    writer.member("accountId", accountID)
    writer.member("callerId", accountID)
    writer.raw(#","cognitoIdentity":null,"principalOrgId":null"#)
    writer.member("userArn", "arn:aws:iam::\(accountID):root")
    writer.member("userId", accountID)
    writer.raw("}}")
  }
}

extension ServerResponse {
  /// How a request is turned away that is not signed as it should be.
  init(_ refusal: SignedCaller.Refusal) {
    self.init(
      .forbidden, headers: ["content-type": "application/json", "x-amzn-errortype": refusal.type],
      body: ByteBuffer(string: refusal.body))
  }
}
