import CLibcrypto

/// The digests that AWS's services want, from libcrypto.
public enum Digest {
  /// 32 bytes.
  public static func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] { digest(bytes, EVP_sha256()) }

  /// Empty where libcrypto refuses MD5, as a FIPS build does.
  public static func md5(_ bytes: some Sequence<UInt8>) -> [UInt8] { digest(bytes, EVP_md5()) }

  static func hmacSHA256(key: [UInt8], _ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return output { HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, $0, $1) != nil }
  }

  private static func digest(_ bytes: some Sequence<UInt8>, _ type: OpaquePointer?) -> [UInt8] {
    let bytes = Array(bytes)
    return output { EVP_Digest(bytes, bytes.count, $0, $1, type, nil) == 1 }
  }

  private static func output(_ body: (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>) -> Bool) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
      var length: UInt32 = 0
      count = body(buffer.baseAddress, &length) ? Int(length) : 0
    }
  }
}

extension [UInt8] {
  /// Two lower-case digits a byte.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
