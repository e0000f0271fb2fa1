import LocalLambda
import Subprocess
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `lambda-local run` with the echo function: a process that is watched from outside.
struct EchoEmulator: Sendable {
  let process: Int32
  let client: OneShotClient

  /// Runs the emulator for as long as the body lasts; what it says goes to a file, so that nothing waits for a reader.
  ///
  /// - Parameter descriptors: how many it may have open; nil for as many as the test.
  static func run(
    _ options: [String] = [], descriptors: Int? = nil, _ body: @escaping @Sendable (EchoEmulator) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      let limit = descriptors.map { "ulimit -n \($0); " } ?? ""
      let arguments =
        [
          "-c", "\(limit)exec \"$0\" \"$@\" 2>\(folder.path)/log", BuiltProducts.program("lambda-local"), "run",
          "--port", "0",
        ]
        + options + ["--", BuiltProducts.program("echo-function")]
      _ = try await Subprocess.run(
        .path("/bin/sh"), arguments: Arguments(arguments), input: .none, output: .discarded, error: .discarded
      ) { execution in
        let outcome: Result<Void, any Error>
        do {
          let client = try await client(of: folder)
          outcome = .success(
            try await body(EchoEmulator(process: execution.processIdentifier.value, client: client)))
        } catch {
          outcome = .failure(error)
        }
        try execution.send(signal: .terminate)
        try outcome.get()
      }
    }
  }

  func invoke(_ event: String) async throws -> OneShotClient.Response {
    try await client.send("POST", "/2015-03-31/functions/function/invocations", body: Array(event.utf8))
  }

  /// What the kernel says of a process: the text of `/proc/PROCESS/FILE`.
  static func kernelText(of process: Int32, _ name: String) -> String? {
    guard let file = fopen("/proc/\(process)/\(name)", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  private static func client(of folder: TemporaryFolder) async throws -> OneShotClient {
    var said = ""
    while !said.contains("served at") {
      try await Task.sleep(for: .milliseconds(10))
      said = folder.read("log")
    }
    return try OneShotClient(url: String(try #require(said.firstMatch(of: #/http:\/\/[0-9.]+:[0-9]+/#)).output))
  }
}
