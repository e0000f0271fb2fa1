import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A function's process, in a group of its own.
enum FunctionProcess {
  /// How a process ended, in Lambda's words.
  enum Termination: Sendable, CustomStringConvertible {
    case exited(Int32)
    case signaled(Int32)

    var description: String {
      switch self {
      case .exited(0): "Runtime exited without providing a reason"
      case .exited, .signaled: "Runtime exited with error: \(status)"
      }
    }

    /// `exit status 1`, `signal: killed`.
    var status: String {
      switch self {
      case .exited(let status): "exit status \(status)"
      case .signaled(let signal): "signal: \(Self.name(of: signal))"
      }
    }

    private static func name(of signal: Int32) -> String {
      strsignal(signal).map { String(cString: $0).lowercased() } ?? String(signal)
    }
  }

  /// What is to be run, and how.
  struct Command: Sendable {
    /// A path.
    var program: String
    var arguments: [String]
    var directory: String
    var variables: [String: String]
  }

  enum Signal: Sendable {
    case terminate, kill, stop, `continue`

    fileprivate var number: Int32 {
      switch self {
      case .terminate: SIGTERM
      case .kill: SIGKILL
      case .stop: SIGSTOP
      case .continue: SIGCONT
      }
    }
  }

  /// Sends a signal to the whole group of a process.
  static func signal(_ process: pid_t, _ signal: Signal) {
    kill(-process, signal.number)
  }

  /// The processes that run.
  private static let running = Mutex<Set<pid_t>>([])

  /// Kills all that run, and what they started: for a program that ends without waiting for anything.
  static func killAll() {
    for process in running.withLock(\.self) { signal(process, .kill) }
  }

  /// Whether there are descriptors enough to start a process with: the process library ends this program when they run
  /// out half-way.
  private static func checkDescriptors(_ any: FileDescriptor) throws {
    var taken: [FileDescriptor] = []
    defer { for descriptor in taken { try? descriptor.close() } }
    while taken.count < 16 { taken.append(try any.duplicate()) }
  }

  /// Runs a program to its end, with standard output and standard error going to `output`, which is closed here.
  ///
  /// When the program has ended, what is left of its process group is killed: nothing it started outlives it.
  static func run(
    _ command: Command, output: FileDescriptor, started: @Sendable (pid_t) async -> Void
  ) async throws -> Termination {
    do { try checkDescriptors(output) } catch {
      try? output.close()
      throw error
    }
    var options = PlatformOptions()
    options.processGroupID = 0
    let result: ExecutionResult<pid_t, FileDescriptorOutput, CombinedErrorOutput>
    do {
      result = try await Subprocess.run(
        .path(FilePath(command.program)),
        arguments: Arguments(command.arguments),
        environment: .custom(
          Dictionary(
            uniqueKeysWithValues: command.variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) })),
        workingDirectory: FilePath(command.directory),
        platformOptions: options,
        input: .none,
        output: .fileDescriptor(output, closeAfterSpawningProcess: true),
        error: .combinedWithOutput
      ) { execution in
        let pid = execution.processIdentifier.value
        running.withLock { _ = $0.insert(pid) }
        await started(pid)
        return pid
      }
    }
    signal(result.closureResult, .kill)
    running.withLock { _ = $0.remove(result.closureResult) }
    switch result.terminationStatus {
    case .exited(let code): return .exited(code)
    case .signaled(let signal): return .signaled(signal)
    }
  }
}

extension FunctionConfiguration {
  /// The program's path: found on the `PATH`, or taken from the working directory.
  var program: String {
    guard let name = command.first else { return "" }
    if name.hasPrefix("/") { return name }
    if name.contains("/") { return workingDirectory + "/" + name }
    let folders = getenv("PATH").map { String(cString: $0) } ?? ""
    for folder in folders.split(separator: ":") where access("\(folder)/\(name)", X_OK) == 0 {
      return "\(folder)/\(name)"
    }
    return name
  }

  /// Why the program cannot be started, and what to do about it; nil when nothing speaks against it.
  public var problem: String? {
    let program = program
    if access(program, F_OK) != 0 {
      return command.first?.contains("/") == true
        ? "There is no program \(program). Build it, or correct the path."
        : "There is no program \(program) on the PATH. Give its path (./\(program)) or install it."
    }
    if access(program, X_OK) != 0 { return "\(program) is not executable. Try: chmod +x \(program)" }
    if access(workingDirectory, X_OK) != 0 { return "There is no folder \(workingDirectory)." }
    return nil
  }
}
