/// Who sends a request, by the credential scope of its signature: `KEY/DATE/REGION/sqs/aws4_request`.
///
/// The signature itself is not checked. A key of 12 digits stands for the account of that number.
struct Caller: Sendable, Hashable {
  /// The region and account whose queues are meant.
  let scope: QueueScope
  let isSigned: Bool

  init(authorization: String?, credential: String?, own: QueueScope) {
    let signed =
      authorization.flatMap { Self.scope(signedIn: $0, own: own) }
      ?? credential.flatMap { credential in
        var credential = credential
        return credential.withUTF8 { Self.scope(of: $0[...], own: own) }
      }
    scope = signed ?? own
    isSigned = signed != nil
  }

  /// The scope of what follows `Credential=`.
  private static func scope(signedIn authorization: String, own: QueueScope) -> QueueScope? {
    var authorization = authorization
    return authorization.withUTF8 { bytes in
      let mark = "Credential=".utf8
      guard bytes.starts(with: "AWS4-".utf8) else { return nil }
      var rest = bytes[...]
      while let start = rest.firstIndex(of: UInt8(ascii: "C")) {
        rest = rest[start...]
        if rest.starts(with: mark) {
          return scope(
            of: rest.dropFirst(mark.count).prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") }, own: own)
        }
        rest = rest.dropFirst()
      }
      return nil
    }
  }

  private static func scope(of credential: Slice<UnsafeBufferPointer<UInt8>>, own: QueueScope) -> QueueScope? {
    // From the end: the key may hold slashes, too.
    let parts = credential.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count >= 5, case let region = parts[parts.count - 3], !region.isEmpty else { return nil }
    let isAccount = parts.count == 5 && QueueScope.isAccountID(parts[0])
    if !isAccount, region.elementsEqual(own.region.utf8) { return own }
    return QueueScope(
      region: String(decoding: region, as: UTF8.self),
      accountID: isAccount ? String(decoding: parts[0], as: UTF8.self) : own.accountID)
  }
}
