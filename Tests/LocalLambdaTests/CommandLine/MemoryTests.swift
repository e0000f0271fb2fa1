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

/// What large events leave behind in the emulator's memory.
@Suite(.enabled(if: access("/proc/self/status", R_OK) == 0), .timeLimit(.minutes(2))) struct MemoryTests {
  private static let megabytes = 5

  @Test func whatLargeEventsTookIsGivenBack() async throws {
    try await TemporaryFolder.with { folder in
      let log = folder.path + "/log"
      _ = try await Subprocess.run(
        .path("/bin/sh"),
        arguments: [
          "-c", "exec \"$0\" \"$@\" 2>\(log)", BuiltProducts.program("lambda-local"), "run", "--port", "0", "--",
          BuiltProducts.program("echo-function"),
        ], input: .none, output: .discarded, error: .discarded
      ) { execution in
        let process = execution.processIdentifier.value
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await Self.exchange(process, folder)) } catch { outcome = .failure(error) }
        try execution.send(signal: .terminate)
        try outcome.get()
      }
    }
  }

  private static func exchange(_ process: Int32, _ folder: TemporaryFolder) async throws {
    var said = ""
    while !said.contains("served at") {
      try await Task.sleep(for: .milliseconds(10))
      said = folder.read("log")
    }
    let client = try OneShotClient(url: String(try #require(said.firstMatch(of: #/http:\/\/[0-9.]+:[0-9]+/#)).output))
    let event = "\"" + String(repeating: "x", count: megabytes << 20) + "\""
    for _ in 0..<3 {
      let answer = try await client.send("POST", "/2015-03-31/functions/function/invocations", body: Array(event.utf8))
      #expect(answer.status == 200)
      #expect(answer.body.count == event.utf8.count)
    }
    // The event and the answer were in memory at once.
    let highest = try memory(of: process, "VmHWM")
    while try memory(of: process, "VmRSS") > highest - megabytes << 10 { try await Task.sleep(for: .milliseconds(50)) }
  }

  /// A line of a process's status, in kilobytes.
  private static func memory(of process: Int32, _ name: String) throws -> Int {
    let status = try String(decoding: readFile("/proc/\(process)/status"), as: UTF8.self)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
    return try #require(line.split { " \t".contains($0) }.dropFirst().first.flatMap { Int($0) })
  }

  private static func readFile(_ path: String) throws -> [UInt8] {
    let file = try FileDescriptor.open(FilePath(path), .readOnly)
    return try file.closeAfter {
      var bytes = [UInt8](repeating: 0, count: 16_384)
      let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
      return Array(bytes[..<count])
    }
  }
}
