import CLibcrypto
import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A function's program, as SDKs are told of it.
struct FunctionCode: Sendable, Hashable {
  /// In bytes.
  var size: Int64
  /// Milliseconds since 1970.
  var lastModified: Int64
  var sha256: [UInt8]

  private static let known = Mutex<[String: FunctionCode]>([:])

  /// Reads a program, unless it is as it was at the last look. It blocks for as long as the disk takes.
  static func read(_ path: String) -> FunctionCode {
    var status = stat()
    guard stat(path, &status) == 0 else { return FunctionCode(size: 0, lastModified: 0, sha256: digest(of: nil)) }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    let modified = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    if let code = known.withLock({ $0[path] }), code.size == status.st_size, code.lastModified == modified {
      return code
    }
    let file = try? FileDescriptor.open(FilePath(path), .readOnly)
    defer { try? file?.close() }
    let code = FunctionCode(size: Int64(status.st_size), lastModified: modified, sha256: digest(of: file))
    known.withLock { $0[path] = code }
    return code
  }

  /// The SHA-256 of a file; that of nothing without one.
  private static func digest(of file: FileDescriptor?) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    while let file, let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
      EVP_DigestUpdate(context, bytes, count)
    }
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }
}
