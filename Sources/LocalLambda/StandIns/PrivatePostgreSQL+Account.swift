import Subprocess
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
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
    var environment: Environment {
      #if canImport(Darwin)
        let locale = "C"
      #else
        let locale = "C.UTF-8"
      #endif
      return .custom(["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": locale])
    }

    /// A shell that runs as this user, and what comes before its own arguments.
    ///
    /// Root lets `setpriv` change the user where there is one (util-linux). Between fork and exec, which is where
    /// swift-subprocess does it, glibc's `setgroups` waits for ever when a thread of the parent was just being made.
    var shell: (path: FilePath, arguments: [String]) {
      guard !isCaller, Self.hasSetpriv else { return ("/bin/sh", []) }
      return (
        Self.setpriv,
        ["--reuid", String(userID), "--regid", String(groupID), "--groups", String(groupID), "--", "/bin/sh"]
      )
    }

    private static let setpriv: FilePath = "/usr/bin/setpriv"
    private static let hasSetpriv = access("/usr/bin/setpriv", X_OK) == 0

    func platformOptions(newSession: Bool = false) -> PlatformOptions {
      var options = PlatformOptions()
      if !isCaller, !Self.hasSetpriv {
        options.userID = userID
        options.groupID = groupID
        options.supplementaryGroups = [groupID]
      }
      // Ctrl-C at the terminal is for the caller, who stops the server last.
      options.createSession = newSession
      return options
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
