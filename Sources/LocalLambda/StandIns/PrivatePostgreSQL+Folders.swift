import FoundationEssentials
import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension PrivatePostgreSQL {
  /// Where one server keeps its things.
  struct Folders: Sendable {
    /// Socket and log; and the data, when it is temporary. It lives in /tmp, as a socket's path has to be short (107
    /// bytes), and is removed when the server ends.
    let run: String
    /// The data.
    let data: String
    let isTemporary: Bool

    /// As the guardian calls it.
    var kind: String { isTemporary ? "temporary" : "durable" }

    /// Nothing in it is left to the `PG…` variables of whoever connects.
    var url: String {
      "postgresql:///lambda?host=\(run.replacing("/", with: "%2F"))&port=5432&user=lambda"
    }

    static func dataFolder(in directory: String) -> String { directory + "/data" }

    static func make(for directory: String?, account: Account) async throws(PrivatePostgreSQLError) -> Folders {
      guard let directory else {
        let run = try makeFolder(at: "/tmp/lambda-local-postgres-XXXXXX", for: account)
        return Folders(run: run, data: dataFolder(in: run), isTemporary: true)
      }
      let place = try await makeReachable(realPath(directory), for: account)
      let run = try makeFolder(at: "/tmp/lambda-local-postgres-XXXXXX", for: account)
      return Folders(run: run, data: dataFolder(in: place), isTemporary: false)
    }

    func removeRunFolder() {
      try? FileManager.default.removeItem(atPath: run)
    }

    // MARK: - Making

    /// Makes the folder, and gives it to the server's user. Where that user cannot reach it (a clone in /root), the data
    /// is kept elsewhere, and the folder is a symbolic link to that place.
    private static func makeReachable(
      _ directory: String, for account: Account
    ) async throws(PrivatePostgreSQLError) -> String {
      do {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      } catch {
        throw PrivatePostgreSQLError(.badFolder, "the folder \(directory) cannot be made: \(error)")
      }
      guard !account.isCaller else { return directory }
      if !FileManager.default.fileExists(atPath: dataFolder(in: directory)) {
        guard chown(directory, account.userID, account.groupID) == 0 else {
          throw failed("give the folder \(directory) to user \(account.name)")
        }
      }
      if await canReach(directory, account) { return directory }

      guard rmdir(directory) == 0 else {
        throw PrivatePostgreSQLError(
          .badFolder,
          """
          root's PostgreSQL runs as user \(account.name), who cannot reach \(directory): make its parent folders \
          searchable (chmod o+x), or remove it
          """)
      }
      let parent = "/var/lib/lambda-local"
      guard mkdir(parent, 0o755) == 0 || errno == EEXIST else { throw failed("make the folder \(parent)") }
      let place = try makeFolder(at: parent + "/postgres-XXXXXX", for: account)
      guard symlink(place, directory) == 0 else { throw failed("make the link \(directory)") }
      return place
    }

    private static func canReach(_ directory: String, _ account: Account) async -> Bool {
      let result = try? await Subprocess.run(
        account.shell("cd \"$1\" && test -w .", ["sh", directory]), output: .discarded)
      return result?.terminationStatus.isSuccess ?? false
    }

    /// A folder of the server's user, which the caller's group may enter to reach the socket.
    private static func makeFolder(
      at template: String, for account: Account
    ) throws(PrivatePostgreSQLError) -> String {
      guard let path = strdup(template) else { throw failed("make a folder \(template)") }
      defer { free(path) }
      guard mkdtemp(path) != nil else { throw failed("make a folder \(template)") }
      let folder = String(cString: path)
      guard chmod(folder, 0o750) == 0, account.isCaller || chown(folder, account.userID, getegid()) == 0 else {
        let error = failed("give the folder \(folder) to user \(account.name)")
        rmdir(folder)
        throw error
      }
      return folder
    }

    /// The path without symbolic links, where it exists.
    private static func realPath(_ path: String) -> String {
      guard let resolved = realpath(path, nil) else {
        return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
      }
      defer { free(resolved) }
      return String(cString: resolved)
    }

    private static func failed(_ action: String) -> PrivatePostgreSQLError {
      PrivatePostgreSQLError(.badFolder, "could not \(action): \(String(cString: strerror(errno)))")
    }

    // MARK: - Watching

    /// Refuses data that a living server works on, and removes the traces of one that crashed.
    func checkNotInUse() async throws(PrivatePostgreSQLError) {
      // The server of a parent that was just killed needs a moment to end.
      let giveUp = ContinuousClock.now + .seconds(3)
      while let processID = livingServer() {
        guard ContinuousClock.now < giveUp else {
          throw PrivatePostgreSQLError(
            .inUse(processID: processID),
            """
            the data in \(data) is in use by the PostgreSQL server with process id \(processID): stop what runs there, or \
            use another folder
            """)
        }
        try? await Task.sleep(for: .milliseconds(50))
      }
      unlink(data + "/postmaster.pid")
    }

    /// The process id in `postmaster.pid`, if that process is still a server on this data and not another one that was
    /// given the same number since.
    private func livingServer() -> Int32? {
      guard let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8),
        let processID = Int32(text.prefix { $0.isNumber }), kill(processID, 0) == 0 || errno == EPERM
      else { return nil }
      #if os(Linux)
        guard let command = try? String(contentsOfFile: "/proc/\(processID)/cmdline", encoding: .utf8),
          command.contains("postgres")
        else { return nil }
      #endif
      return processID
    }

    /// How often the server has said that it accepts connections.
    var startCount: Int {
      log.split(separator: "\n").count { $0.contains("database system is ready to accept connections") }
    }

    private var log: String {
      (try? String(contentsOfFile: run + "/log", encoding: .utf8)) ?? ""
    }

    /// Returns when the server has come to accept connections for that many times: it starts anew for a new run.
    func waitUntilReady(startCount wanted: Int) async throws(PrivatePostgreSQLError) {
      while true {
        if startCount >= wanted { return }
        if let ended = try? String(contentsOfFile: run + "/ended", encoding: .utf8) {
          let tail = log.split(separator: "\n").suffix(8).joined(separator: "\n  ")
          throw PrivatePostgreSQLError(
            .couldNotStart,
            "PostgreSQL did not start (\(ended.prefix { $0 != "\n" })) on \(data); it said:\n  \(tail)")
        }
        guard FileManager.default.fileExists(atPath: run) else {
          throw PrivatePostgreSQLError(.couldNotStart, "PostgreSQL was stopped while it started on \(data)")
        }
        do {
          try await Task.sleep(for: .milliseconds(10))
        } catch {
          throw PrivatePostgreSQLError(.couldNotStart, "the start of PostgreSQL was cancelled")
        }
      }
    }
  }
}
