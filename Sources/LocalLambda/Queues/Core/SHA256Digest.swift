import CLibcrypto

/// SHA-256, which stands for a body in content-based deduplication.
enum SHA256Digest {
  /// The digest of a text's UTF-8 in 64 hexadecimal digits.
  static func hexadecimal(of text: String) -> String {
    var text = text
    var digest = [UInt8](repeating: 0, count: 32)
    text.withUTF8 { bytes in
      var size: UInt32 = 0
      _ = EVP_Digest(bytes.baseAddress, bytes.count, &digest, &size, EVP_sha256(), nil)
    }
    return Hex.text(64) { text in
      for byte in digest { text.append(UInt64(byte), digits: 2) }
    }
  }
}
