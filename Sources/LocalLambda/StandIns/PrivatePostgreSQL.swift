import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A PostgreSQL server of our own: on a unix socket in a private folder, with a database `lambda`, and gone when this
/// process is gone, however it ends.
///
/// ```swift
/// let server = try await PrivatePostgreSQL.start(dataDirectory: ".local/postgres")
/// environment["DATABASE_URL"] = server.url
/// // …
/// await server.stop()
/// ```
///
/// PostgreSQL refuses to run as root; root's server runs as the owner of the data, as `postgres` or as `nobody`.
public final class PrivatePostgreSQL: Sendable {
  /// The connection string of the database `lambda`, for any user who may enter the socket's folder.
  public let url: String
  /// Where the data is. It may be elsewhere than asked for, with a symbolic link in its place, when the server's user
  /// could not reach that folder.
  public let dataDirectory: String
  /// The process that watches over the server: it ends it, and cleans up, at `SIGTERM` and when this process ends.
  public let processID: Int32

  private let folders: Folders
  /// Each element restarts the server; its end stops it.
  private let restarts: AsyncStream<Void>.Continuation
  private let guardian: Task<Void, any Error>

  private init(
    folders: Folders, processID: Int32, restarts: AsyncStream<Void>.Continuation, guardian: Task<Void, any Error>
  ) {
    self.url = folders.url
    self.dataDirectory = folders.data
    self.processID = processID
    self.folders = folders
    self.restarts = restarts
    self.guardian = guardian
  }

  /// Starts a server and waits until it answers.
  ///
  /// - Parameter dataDirectory: A folder for its data, which is made when it is not there and kept afterwards. Without
  ///   one the server is temporary: faster, and nothing of it is left.
  public static func start(
    dataDirectory: String? = nil
  ) async throws(PrivatePostgreSQLError) -> PrivatePostgreSQL {
    let account = try Account.forServer(of: dataDirectory)
    let folders = try await Folders.make(for: dataDirectory, account: account)
    do throws(PrivatePostgreSQLError) {
      let installation = try await Installation.find(for: folders.data)
      try await folders.checkNotInUse()
      return try await launch(installation, in: folders, as: account)
    } catch {
      // The guardian removes this folder too, once there is one.
      folders.removeRunFolder()
      throw error
    }
  }

  /// Stops the server and returns when it is gone. It may be called more than once.
  public func stop() async {
    restarts.finish()
    _ = await guardian.result
  }

  /// Restarts the server, which breaks all connections to it, and returns when it answers again, at the same URL.
  public func restart() async throws(PrivatePostgreSQLError) {
    let starts = folders.startCount
    restarts.yield()
    try await folders.waitUntilReady(startCount: starts + 1)
  }

  // MARK: - The guardian

  private static func launch(
    _ installation: Installation, in folders: Folders, as account: Account
  ) async throws(PrivatePostgreSQLError) -> PrivatePostgreSQL {
    let (commands, restarts) = AsyncStream<Void>.makeStream()
    let (started, starting) = AsyncStream<Int32>.makeStream()
    let command = account.shell(
      guardianScript, ["postgres-guardian", folders.run, folders.data, installation.binaries, folders.kind],
      newSession: true)
    let guardian = Task {
      defer { starting.finish() }
      _ = try await Subprocess.run(
        command, input: .inputWriter, output: .discarded, error: .discarded
      ) { execution in
        starting.yield(execution.processIdentifier.value)
        for await _ in commands { _ = try await execution.standardInputWriter.write("restart\n") }
        try await execution.standardInputWriter.finish()
      }
    }

    var processID: Int32?
    for await value in started {
      processID = value
      break
    }
    guard let processID else {
      // It did not start, or this task was cancelled before it was told so: then it is to end.
      restarts.finish()
      let reason = await guardian.result
      throw PrivatePostgreSQLError(.couldNotStart, "PostgreSQL could not be started: \(reason)")
    }
    let server = PrivatePostgreSQL(
      folders: folders, processID: processID, restarts: restarts, guardian: guardian)
    do throws(PrivatePostgreSQLError) {
      try await folders.waitUntilReady(startCount: 1)
    } catch {
      await server.stop()
      throw error
    }
    return server
  }

  /// Starts the server and ends it when standard input ends, which it does when the parent closes it or dies; a line
  /// there restarts it.
  ///
  /// In the run folder it leaves `log`, and `ended` with the step that ended and its status.
  private static let guardianScript = """
    run=$1 data=$2 binaries=$3 kind=$4
    stopped= restarted= child= signal=TERM
    trap 'stopped=1; [ -z "$child" ] || kill -$signal "$child"' TERM
    trap 'restarted=1; [ -z "$child" ] || kill -$signal "$child"' HUP

    # Signals are handled while the shell waits, and only then.
    supervise() {
      step=$1; shift
      [ -z "$stopped" ] || return 1
      "$@" </dev/null >>"$run/log" 2>&1 &
      child=$!
      # Stopped between the test and here: the trap knew no child.
      [ -z "$stopped" ] || kill -$signal "$child"
      while wait "$child"; status=$?; kill -0 "$child" 2>/dev/null; do :; done
      child=
      return "$status"
    }

    create_database() { echo 'CREATE DATABASE lambda' | "$binaries/postgres" --single -D "$data.new" template1; }

    serve() {
      sync=
      if [ "$kind" = temporary ]; then
        sync=--no-sync
        set -- -c fsync=off -c synchronous_commit=off -c full_page_writes=off
      fi
      if [ ! -e "$data/PG_VERSION" ]; then
        # Made beside its place and moved there when it is whole.
        rm -rf "$data.new"
        supervise initdb "$binaries/initdb" -D "$data.new" -U lambda -A trust -E UTF8 --locale="$LC_ALL" $sync || return
        supervise 'CREATE DATABASE' create_database || return
        mv "$data.new" "$data" || return
      fi
      signal=INT restarted=1
      while [ -n "$restarted" ]; do
        restarted=
        supervise postgres "$binaries/postgres" -D "$data" -k "$run" -p 5432 -c listen_addresses= \\
          -c max_connections=200 -c lc_messages=C -c log_destination=stderr -c logging_collector=off "$@"
      done
    }

    # By way of descriptor 3: a command in the background has no standard input of its own.
    exec 3<&0 </dev/null
    { while read -r _; do kill -HUP $$; done; kill -TERM $$; } <&3 3<&- &
    watcher=$!
    exec 3<&-
    serve
    echo "$step ${status-}" >"$run/ended.new"
    mv "$run/ended.new" "$run/ended"
    # The parent may want to read the log: until it lets go, unless somebody else stopped the server.
    [ -z "$stopped" ] || kill "$watcher" 2>/dev/null
    while wait "$watcher"; kill -0 "$watcher" 2>/dev/null; do :; done
    cd /
    rm -rf "$run"
    """
}
