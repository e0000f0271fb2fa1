import NIOCore

/// The CRC of Ethernet and zip, eight bytes a step.
enum CRC32 {
  /// Row `n` holds the checksums of a byte that is followed by `n` NULs.
  private static let table: [UInt32] = {
    var table: [UInt32] = (0..<256).map { (index: UInt32) -> UInt32 in
      (0..<8).reduce(index) { (value: UInt32, _) -> UInt32 in
        value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
      }
    }
    for index in 256..<2048 {
      let shorter = table[index - 256]
      table.append(table[Int(shorter & 0xFF)] ^ (shorter >> 8))
    }
    return table
  }()

  static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    var value = ~UInt32(0)
    table.withUnsafeBufferPointer { table in
      var index = 0
      while index + 8 <= bytes.count {
        let low = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ value
        let high = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
        value = table[1792 + Int(low & 0xFF)] ^ table[1536 + Int((low >> 8) & 0xFF)]
        value ^= table[1280 + Int((low >> 16) & 0xFF)] ^ table[1024 + Int(low >> 24)]
        value ^= table[768 + Int(high & 0xFF)] ^ table[512 + Int((high >> 8) & 0xFF)]
        value ^= table[256 + Int((high >> 16) & 0xFF)] ^ table[Int(high >> 24)]
        index += 8
      }
      while index < bytes.count {
        value = table[Int((value ^ UInt32(bytes[index])) & 0xFF)] ^ (value >> 8)
        index += 1
      }
    }
    return ~value
  }
}

extension ByteBuffer {
  /// The checksum of the bytes from an index up to the writer's.
  func checksum(from index: Int) -> UInt32 {
    withUnsafeReadableBytes { CRC32.checksum(of: UnsafeRawBufferPointer(rebasing: $0[(index - readerIndex)...])) }
  }
}
