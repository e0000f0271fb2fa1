import FoundationEssentials

/// A file that was named on the command line; `-` is standard input.
enum InputFile {
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    guard path != "-" else { return standardInput() }
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Failure(.usage, "there is no file \(path).")
    }
    guard !isDirectory, let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "\(path) cannot be read\(isDirectory ? ": it is a folder" : "").")
    }
    return Array(data)
  }

  private static func standardInput() -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let piece = Platform.read(0)
      if piece.isEmpty { return bytes }
      bytes += piece
    }
  }
}
