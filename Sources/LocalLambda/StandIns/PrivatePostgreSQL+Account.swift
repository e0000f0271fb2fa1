import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension PrivatePostgreSQL {
  /// The user that the server runs as.
  struct Account: Sendable {
    let name: String
    let userID: uid_t
    let groupID: gid_t
    /// Whether it is the user of this process, who needs no change of user (and may not be able to make one).
    let isCaller: Bool

    /// The caller; or, for root, the owner of the data that is there, else `postgres`, else `nobody`.
    static func forServer(of dataDirectory: String?) throws(PrivatePostgreSQLError) -> Account {
      let owner: uid_t? = dataDirectory.flatMap { ownerID(of: Folders.dataFolder(in: $0)) }
      guard geteuid() == 0 else {
        if let owner, owner != geteuid() {
          throw PrivatePostgreSQLError(
            .otherOwner,
            """
            the data in \(dataDirectory ?? "") belongs to user \(name(of: owner)): start as that user or as root, or remove \
            the folder to begin with an empty database
            """)
        }
        return Account(name: name(of: geteuid()), userID: geteuid(), groupID: getegid(), isCaller: true)
      }
      if let owner, owner != 0, let entry = getpwuid(owner) {
        return Account(entry)
      }
      guard let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
        throw PrivatePostgreSQLError(
          .couldNotStart,
          "PostgreSQL does not run as root, and there is no user \"postgres\" or \"nobody\": start as another user")
      }
      return Account(entry)
    }

    private init(name: String, userID: uid_t, groupID: gid_t, isCaller: Bool) {
      self.name = name
      self.userID = userID
      self.groupID = groupID
      self.isCaller = isCaller
    }

    private init(_ entry: UnsafeMutablePointer<passwd>) {
      self.init(
        name: String(cString: entry.pointee.pw_name), userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid,
        isCaller: false)
    }

    /// Nothing of the caller's: its `PGDATA`, `PGPORT`, `PGOPTIONS`… are for other servers.
    private var environment: Environment {
      #if canImport(Darwin)
        let locale = "C"
      #else
        let locale = "C.UTF-8"
      #endif
      return .custom(["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": locale])
    }

    /// What runs a shell script as this user.
    func shell(_ script: String, _ arguments: [String], newSession: Bool = false) -> Configuration {
      var options = PlatformOptions()
      // Ctrl-C at the terminal is for the caller, who stops the server last.
      options.createSession = newSession
      var command = ["/bin/sh", "-c", script] + arguments
      if !isCaller {
        // Rather by util-linux than by Subprocess, which does it between clone(2) and exec: there glibc's setgroups()
        // may wait for ever for a thread of the parent that was just being made.
        let setpriv = "/usr/bin/setpriv"
        if access(setpriv, X_OK) == 0 {
          command = [setpriv, "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups", "--"] + command
        } else {
          options.userID = userID
          options.groupID = groupID
          options.supplementaryGroups = [groupID]
        }
      }
      return Configuration(
        executable: .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
        environment: environment, workingDirectory: "/", platformOptions: options)
    }

    private static func ownerID(of path: String) -> uid_t? {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_uid : nil
    }

    private static func name(of userID: uid_t) -> String {
      getpwuid(userID).map { String(cString: $0.pointee.pw_name) } ?? String(userID)
    }
  }
}
