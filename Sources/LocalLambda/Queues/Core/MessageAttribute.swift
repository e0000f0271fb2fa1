/// A message attribute: a typed value beside the body.
struct MessageAttribute: Sendable, Hashable {
  enum Value: Sendable, Hashable {
    case string(String)
    case binary([UInt8])
  }

  /// `String`, `Number` or `Binary`, perhaps with a suffix of the sender's own (`Number.float`).
  let dataType: String
  let value: Value

  /// The value as text; bytes in base64, as on the wire.
  var text: String {
    switch value {
    case .string(let text): text
    case .binary(let bytes): Base64.encode(bytes)
    }
  }

  /// What the value adds to a message's size.
  var valueBytes: Int {
    switch value {
    case .string(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}

extension MD5Digest {
  /// SQS's digest of a message's attributes; nil when there are none.
  init?(of attributes: [String: MessageAttribute]) {
    guard !attributes.isEmpty else { return nil }
    var bytes: [UInt8] = []
    for (name, attribute) in attributes.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      bytes.appendCounted(name.utf8)
      bytes.appendCounted(attribute.dataType.utf8)
      switch attribute.value {
      case .string(let text):
        bytes.append(1)
        bytes.appendCounted(text.utf8)
      case .binary(let value):
        bytes.append(2)
        bytes.appendCounted(value)
      }
    }
    self.init(of: bytes)
  }
}

extension [UInt8] {
  /// Appends a 4-byte big-endian count, then the bytes.
  fileprivate mutating func appendCounted(_ bytes: some Collection<UInt8>) {
    let count = UInt32(bytes.count)
    for shift in [24, 16, 8, 0] as [UInt32] { append(UInt8(truncatingIfNeeded: count >> shift)) }
    append(contentsOf: bytes)
  }
}
