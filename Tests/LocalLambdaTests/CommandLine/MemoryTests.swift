import LocalLambda
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
    try await EchoEmulator.run { emulator in
      _ = try await emulator.invoke("1")
      let before = try Self.memory(of: emulator, "VmRSS")
      let event = "\"" + String(repeating: "x", count: Self.megabytes << 20) + "\""
      for _ in 0..<3 {
        let answer = try await emulator.invoke(event)
        #expect(answer.status == 200)
        #expect(answer.body.count == event.utf8.count)
      }
      // The event and the answer were in memory at once.
      #expect(try Self.memory(of: emulator, "VmHWM") > before + 2 * Self.megabytes << 10)
      while try Self.memory(of: emulator, "VmRSS") > before + Self.megabytes << 10 {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  /// A line of the process's status, in kilobytes.
  private static func memory(of emulator: EchoEmulator, _ name: String) throws -> Int {
    let status = try #require(EchoEmulator.kernelText(of: emulator.process, "status"))
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
    return try #require(line.split { " \t".contains($0) }.dropFirst().first.flatMap { Int($0) })
  }
}
