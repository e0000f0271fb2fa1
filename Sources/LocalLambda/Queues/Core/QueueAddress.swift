/// Whose queues are meant: each region of each account has its own.
struct QueueScope: Sendable, Hashable {
  /// For example `us-east-1`.
  let region: String
  /// 12 digits.
  let accountID: String

  /// Whether a text can be an account's id.
  static func isAccountID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
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
    guard parts.count == 6, parts[0] == "arn", parts[2] == "sqs", !parts[3].isEmpty, QueueScope.isAccountID(parts[4]),
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
    let parts = url.split(separator: "/").suffix(4).map { $0 }
    guard parts.count > 1, let name = parts.last, QueueScope.isAccountID(parts[parts.count - 2]) else {
      return (QueueAddress(parts.last.map { String($0) } ?? url, in: caller), nil)
    }
    func address(_ region: String) -> QueueAddress {
      QueueAddress(String(name), in: QueueScope(region: region, accountID: String(parts[parts.count - 2])))
    }
    if parts.count == 4, parts[0] == "queue" { return (address(String(parts[1])), nil) }
    return (address(defaultRegion), caller.region == defaultRegion ? nil : address(caller.region))
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
