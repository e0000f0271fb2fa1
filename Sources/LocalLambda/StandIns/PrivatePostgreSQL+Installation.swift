import FoundationEssentials
import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension PrivatePostgreSQL {
  /// One of the machine's installations of PostgreSQL.
  struct Installation: Sendable {
    /// The folder of `initdb` and `postgres`.
    let binaries: String
    let majorVersion: Int

    /// The first installation in `PATH`, Debian's, Red Hat's or Homebrew's folders, newest first; for a data folder that
    /// is there already, the first of its version.
    static func find(for dataFolder: String) async throws(PrivatePostgreSQLError) -> Installation {
      let dataVersion = (try? String(contentsOfFile: dataFolder + "/PG_VERSION", encoding: .utf8)).flatMap {
        Int($0.prefix { $0.isNumber })
      }
      var found: [Installation] = []
      for folder in candidates() {
        guard let version = await majorVersion(in: folder) else { continue }
        if dataVersion == nil || dataVersion == version { return Installation(binaries: folder, majorVersion: version) }
        found.append(Installation(binaries: folder, majorVersion: version))
      }
      guard let dataVersion, !found.isEmpty else {
        throw PrivatePostgreSQLError(
          .notInstalled,
          """
          PostgreSQL's programs initdb and postgres were not found in PATH or their usual places: install them (apt-get \
          install postgresql, or brew install postgresql@17), or set DATABASE_URL to a database of your own
          """)
      }
      let versions = found.map { "\($0.majorVersion)" }.joined(separator: ", ")
      throw PrivatePostgreSQLError(
        .otherVersion,
        """
        the data in \(dataFolder) was written by PostgreSQL \(dataVersion), but only \(versions) is installed: install \
        version \(dataVersion) (apt-get install postgresql-\(dataVersion)), or remove the folder to begin with an empty \
        database
        """)
    }

    private static func candidates() -> [String] {
      var path: [String] = []
      if let value = getenv("PATH") {
        path = String(cString: value).split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
      }
      let versioned =
        subfolders(of: "/usr/lib/postgresql", with: "/bin") + subfolders(of: "/usr", named: "pgsql-", with: "/bin")
        + subfolders(of: "/opt/homebrew/opt", named: "postgresql", with: "/bin")
        + subfolders(of: "/usr/local/opt", named: "postgresql", with: "/bin")
      return (path + versioned).filter { folder in
        ["initdb", "postgres"].allSatisfy { access("\(folder)/\($0)", X_OK) == 0 }
      }
    }

    private static func subfolders(of folder: String, named prefix: String = "", with suffix: String) -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let versions = names.filter { $0.hasPrefix(prefix) }.map { name in
        (name: name, version: Double(name.drop { !$0.isNumber }) ?? 0)
      }
      return versions.sorted { $0.version > $1.version }.map { "\(folder)/\($0.name)\(suffix)" }
    }

    /// Asks the program itself: `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
    private static func majorVersion(in folder: String) async -> Int? {
      let result = try? await Subprocess.run(
        .path(FilePath("\(folder)/postgres")), arguments: ["--version"], output: .string(limit: 1024))
      guard let text = result?.standardOutput, let number = text.split(separator: ")").dropFirst().first else {
        return nil
      }
      return Int(number.drop { !$0.isNumber }.prefix { $0.isNumber })
    }
  }
}
