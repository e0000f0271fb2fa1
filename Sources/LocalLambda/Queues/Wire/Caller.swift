import AWSSignature

/// Who sends a request, by the credential scope of its signature.
///
/// The signature itself is not checked. A key of 12 digits stands for the account of that number.
struct Caller: Sendable, Hashable {
  /// The region and account whose queues are meant.
  let scope: QueueScope
  let isSigned: Bool

  init(authorization: String?, credential: String?, own: QueueScope) {
    let signed =
      authorization.flatMap(CredentialScope.init(authorization:)) ?? credential.flatMap { CredentialScope($0) }
    isSigned = signed != nil
    guard let signed else {
      scope = own
      return
    }
    let isAccount = QueueScope.isAccountID(signed.accessKeyID.utf8)
    scope =
      isAccount || signed.region != own.region
      ? QueueScope(region: signed.region, accountID: isAccount ? signed.accessKeyID : own.accountID) : own
  }
}
