import JSON
import Subprocess
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@testable import LocalLambda

/// The emulator where something runs out that it needs.
@Suite(.timeLimit(.minutes(3))) struct ExhaustionTests {
  /// From too few descriptors for a process to enough for it.
  @Test(arguments: Array(stride(from: 20, through: 44, by: 2)))
  func withoutDescriptorsItAnswersAllTheSame(descriptors: Int) async throws {
    try await EchoEmulator.run(descriptors: descriptors) { emulator in
      for _ in 0..<2 {
        let answer = try await emulator.invoke("1")
        #expect(answer.text == "1" || answer.json?["errorType"] == "Runtime.InvalidEntrypoint", "\(answer.text)")
      }
      #expect(RunningProcess.isThere(emulator.process))
    }
  }

  /// Its standard error is a pipe which is read up to the first line, as a pager does.
  @Test func whoReadsNoLogHoldsUpNobody() async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path + "/log"
      try #require(mkfifo(path, 0o600) == 0)
      let log = try FileDescriptor.open(FilePath(path), .readWrite, options: .nonBlocking)
      defer { try? log.close() }
      let arguments = [
        "-c", "exec \"$0\" \"$@\" 2>\(path)", BuiltProducts.program("lambda-local"), "run", "--port", "0", "--",
        BuiltProducts.program("echo-function"),
      ]
      let result = try await Subprocess.run(
        .path("/bin/sh"), arguments: Arguments(arguments), input: .none, output: .discarded, error: .discarded
      ) { execution in
        var said = ""
        while !said.contains("Ctrl-C stops it") {
          var bytes = [UInt8](repeating: 0, count: 4096)
          let count = (try? bytes.withUnsafeMutableBytes { try log.read(into: $0) }) ?? 0
          said += String(decoding: bytes.prefix(count), as: UTF8.self)
          if count == 0 { try await Task.sleep(for: .milliseconds(10)) }
        }
        let url = try #require(said.firstMatch(of: #/http:\/\/[0-9.]+:[0-9]+/#))
        let emulator = EchoEmulator(
          process: execution.processIdentifier.value, client: try OneShotClient(url: String(url.output)))
        for _ in 0..<3 {
          let answer = try await emulator.invoke(#"{"mode":"log","lines":5000}"#)
          #expect(answer.status == 200)
        }
        try execution.send(signal: .terminate)
      }
      #expect(result.terminationStatus == .exited(0))
    }
  }
}
