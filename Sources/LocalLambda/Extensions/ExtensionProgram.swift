import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An external extension: an executable file in the folder that stands for `/opt/extensions`.
struct ExtensionProgram: Sendable, Hashable {
  /// The file's name, which is the extension's.
  let name: String
  let path: String

  /// The executable files of a folder, by name.
  static func all(in folder: String) throws(FolderError) -> [ExtensionProgram] {
    guard let directory = opendir(folder) else { throw FolderError(folder: folder, code: errno) }
    defer { closedir(directory) }
    var programs: [ExtensionProgram] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let path = folder + "/" + name
      var status = stat()
      guard !name.hasPrefix("."), stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        access(path, X_OK) == 0
      else { continue }
      programs.append(ExtensionProgram(name: name, path: path))
    }
    return programs.sorted { $0.name < $1.name }
  }

  /// The folder cannot be read.
  struct FolderError: Error, CustomStringConvertible {
    let folder: String
    let code: Int32

    var description: String {
      "The folder of extensions, \(folder), cannot be read: \(String(cString: strerror(code)))"
    }
  }
}
