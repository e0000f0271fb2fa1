/// Whose key a request is signed with, and what for: the `Credential` of a signature,
/// `KEY/DAY/REGION/SERVICE/aws4_request`.
///
/// See [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
public struct CredentialScope: Sendable, Hashable {
  /// The id of the access key; it may hold slashes, too.
  public let accessKeyID: String
  /// For example `us-east-1`.
  public let region: String
  /// For example `sqs`.
  public let service: String

  /// Reads a `Credential`; nil for anything else.
  public init?(_ credential: String) {
    var credential = credential
    guard let scope = credential.withUTF8({ CredentialScope($0[...]) }) else { return nil }
    self = scope
  }

  /// Reads the field `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`; nil for another one.
  public init?(authorization: String) {
    var authorization = authorization
    guard let scope = authorization.withUTF8(Self.read) else { return nil }
    self = scope
  }

  private static func read(authorization bytes: UnsafeBufferPointer<UInt8>) -> CredentialScope? {
    guard bytes.holds("AWS4-", at: 0) else { return nil }
    let mark: StaticString = "Credential="
    guard let start = bytes.indices.first(where: { bytes.holds(mark, at: $0) }) else { return nil }
    let credential = bytes[(start + mark.utf8CodeUnitCount)...]
    return CredentialScope(credential.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") })
  }

  private init?(_ credential: Slice<UnsafeBufferPointer<UInt8>>) {
    var rest = credential
    /// Takes the last part off; nil when it is the only one.
    func last() -> String? {
      guard let slash = rest.lastIndex(of: UInt8(ascii: "/")) else { return nil }
      defer { rest = rest[..<slash] }
      return String(decoding: UnsafeBufferPointer(rebasing: rest[(slash + 1)...]), as: UTF8.self)
    }
    guard last() == "aws4_request", let service = last(), let region = last(), !region.isEmpty, last() != nil,
      !rest.isEmpty
    else { return nil }
    accessKeyID = String(decoding: UnsafeBufferPointer(rebasing: rest), as: UTF8.self)
    self.region = region
    self.service = service
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func holds(_ text: StaticString, at start: Int) -> Bool {
    guard count - start >= text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      for index in text.indices where self[start + index] != text[index] { return false }
      return true
    }
  }
}
