import Subprocess
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Python as a foreign client and a foreign runtime, where this machine has it.
enum Python {
  /// Whether Python has a module.
  static func has(_ module: String) -> Bool {
    found.withLock { found in
      if let known = found[module] { return known }
      let pid = spawn(["/usr/bin/env", "python3", "-c", "import \(module)"])
      var status: Int32 = -1
      let isThere = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0
      found[module] = isThere
      return isThere
    }
  }

  /// Runs a script and returns everything it printed.
  static func run(_ script: String, _ arguments: String...) async throws -> String {
    let result = try await Subprocess.run(
      .name("python3"), arguments: Arguments(["-c", script] + arguments), output: .string(limit: 1 << 20),
      error: .combinedWithOutput)
    return result.standardOutput
  }

  private static let found = Mutex<[String: Bool]>([:])

  private static func spawn(_ command: [String]) -> pid_t {
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [Int32(1), 2] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    var pid: pid_t = 0
    return posix_spawn(&pid, command[0], &actions, nil, arguments, environ) == 0 ? pid : -1
  }
}
