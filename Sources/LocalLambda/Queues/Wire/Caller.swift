/// Who sends a request, by the credential scope of its signature: `KEY/DATE/REGION/sqs/aws4_request`.
///
/// The signature itself is not checked. A key of 12 digits stands for the account of that number.
struct Caller: Sendable, Hashable {
  /// The region and account whose queues are meant.
  let scope: QueueScope
  let isSigned: Bool

  init(authorization: String?, credential: String?, own: QueueScope) {
    let signed = authorization.flatMap { Self.credential(in: $0.utf8) } ?? credential.map { $0.utf8[...] }
    guard let signed, let scope = Self.scope(of: signed, own: own) else {
      scope = own
      isSigned = false
      return
    }
    self.scope = scope
    isSigned = true
  }

  /// What follows `Credential=`.
  private static func credential(in authorization: String.UTF8View) -> Substring.UTF8View? {
    let mark = "Credential=".utf8
    guard authorization.starts(with: "AWS4-".utf8) else { return nil }
    var rest = authorization[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "C")) {
      rest = rest[start...]
      if rest.starts(with: mark) {
        return rest.dropFirst(mark.count).prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: " ") }
      }
      rest = rest.dropFirst()
    }
    return nil
  }

  private static func scope(of credential: Substring.UTF8View, own: QueueScope) -> QueueScope? {
    // From the end: the key may hold slashes, too.
    let parts = credential.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count >= 5, let region = String(parts[parts.count - 3]), !region.isEmpty else { return nil }
    let isAccount = parts.count == 5 && QueueScope.isAccountID(Substring(parts[0]))
    if !isAccount, region == own.region { return own }
    return QueueScope(region: region, accountID: isAccount ? String(Substring(parts[0])) : own.accountID)
  }
}
