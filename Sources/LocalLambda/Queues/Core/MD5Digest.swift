import CLibcrypto

/// An MD5 digest, as SQS returns one for what it was sent.
struct MD5Digest: Sendable, Hashable, HexadecimalText {
  static let length = 32
  let high: UInt64
  let low: UInt64

  /// Looked up once: `EVP_md5()` would be looked up anew for each digest. Safe to share, as it never changes.
  nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "MD5", nil) ?? EVP_md5()

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(of text: String) {
    var text = text
    self = text.withUTF8 { MD5Digest(of: UnsafeRawBufferPointer($0)) }
  }

  init(of bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { MD5Digest(of: $0) }
  }

  init(of bytes: UnsafeRawBufferPointer) {
    var digest: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &digest) { out in
      var size: UInt32 = 0
      _ = EVP_Digest(
        bytes.baseAddress, bytes.count, out.assumingMemoryBound(to: UInt8.self).baseAddress, &size, Self.algorithm, nil)
    }
    high = UInt64(bigEndian: digest.0)
    low = UInt64(bigEndian: digest.1)
  }

  func write(to text: inout Hex) {
    text.append(high)
    text.append(low)
  }
}
