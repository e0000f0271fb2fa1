/// Where a server of this machine is reached.
enum LocalAddress {
  /// `http://HOST:PORT`; an IPv6 address stands in brackets.
  static func url(host: String, port: Int) -> String {
    "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}
