/// Whose queues are meant: each region of each account has its own.
struct QueueScope: Sendable, Hashable {
  /// For example `us-east-1`.
  let region: String
  /// 12 digits.
  let accountID: String

  /// Whether a text can be an account's id.
  static func isAccountID(_ text: some Collection<UInt8>) -> Bool {
    text.count == 12 && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}

/// Where a queue is: what its ARN says.
struct QueueAddress: Sendable, Hashable {
  let scope: QueueScope
  let name: String

  init(_ name: String, in scope: QueueScope) {
    self.name = name
    self.scope = scope
  }

  /// The address in `arn:aws:sqs:REGION:ACCOUNT:NAME`; nil for anything else.
  init?(arn: String) {
    let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "sqs", !parts[3].isEmpty,
      QueueScope.isAccountID(parts[4].utf8),
      !parts[5].isEmpty
    else { return nil }
    self.init(String(parts[5]), in: QueueScope(region: String(parts[3]), accountID: String(parts[4])))
  }

  var arn: String { "arn:aws:sqs:\(scope.region):\(scope.accountID):\(name)" }
}

/// A queue as a caller names it: by a URL of any host, or by its bare name.
struct QueueLocator: Sendable, Hashable {
  let url: String
  let caller: QueueScope

  /// The addresses that may be meant, the likeliest first.
  ///
  /// Only the URL's end counts: `…/queue/REGION/ACCOUNT/NAME`, or `…/ACCOUNT/NAME` for a queue of the default region.
  /// Somebody who puts such a URL together by hand means a queue of the own region.
  func candidates(defaultRegion: String) -> (QueueAddress, QueueAddress?) {
    var url = url
    return url.withUTF8 { candidates(in: $0[...], defaultRegion: defaultRegion) }
  }

  private func candidates(
    in path: Slice<UnsafeBufferPointer<UInt8>>, defaultRegion: String
  ) -> (QueueAddress, QueueAddress?) {
    var rest = path
    let name = String(decoding: Self.lastPart(&rest), as: UTF8.self)
    let account = Self.lastPart(&rest)
    guard QueueScope.isAccountID(account) else { return (QueueAddress(name, in: caller), nil) }
    func address(_ region: String) -> QueueAddress {
      let isCallers = region == caller.region && account.elementsEqual(caller.accountID.utf8)
      let scope = isCallers ? caller : QueueScope(region: region, accountID: String(decoding: account, as: UTF8.self))
      return QueueAddress(name, in: scope)
    }
    let region = Self.lastPart(&rest)
    if Self.lastPart(&rest).elementsEqual("queue".utf8) {
      return (address(String(decoding: region, as: UTF8.self)), nil)
    }
    return (address(defaultRegion), caller.region == defaultRegion ? nil : address(caller.region))
  }

  /// Takes the last part of a path that is not empty off its end.
  private static func lastPart(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
    let start = rest.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? rest.startIndex
    defer { rest = rest[..<start] }
    return rest[start...]
  }
}

/// How a caller is told where queues are: on the host that the caller spoke to.
struct QueueURLs: Sendable {
  let host: String
  let defaultRegion: String

  func url(of queue: QueueAddress) -> String {
    let region = queue.scope.region == defaultRegion ? "" : "queue/\(queue.scope.region)/"
    return "http://\(host)/\(region)\(queue.scope.accountID)/\(queue.name)"
  }
}
