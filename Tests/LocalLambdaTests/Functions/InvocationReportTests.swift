import NIOCore
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@testable import LocalLambda

/// The REPORT line, by which people tell what a call costs.
@Suite(.timeLimit(.minutes(2))) struct InvocationReportTests {
  @Test func theDurationIsTheFunctionsOwn() async throws {
    try await EchoFixture.run(maximumConcurrency: 1) { fixture in
      // The first call is billed for the init, too.
      _ = try await fixture.invoke("1")
      let start = ContinuousClock.now
      let response = try await fixture.invoke(
        #"{"mode":"wait","milliseconds":300}"#, headers: [("X-Amz-Log-Type", "Tail")])
      let elapsed = ContinuousClock.now - start
      let log = try #require(response.header("x-amz-log-result").flatMap { Base64.decode($0) })
      let text = String(decoding: log, as: UTF8.self)
      let report = try #require(
        text.firstMatch(
          of: #/\nREPORT RequestId: [-0-9a-f]{36}\tDuration: (\d+)\.(\d\d) ms\tBilled Duration: (\d+) ms\t/#),
        "\(text)")
      let milliseconds = try #require(Int(report.1))
      let hundredths = try #require(Int(report.2)) + 100 * milliseconds
      let billed = try #require(Int(report.3))
      #expect(hundredths >= 300_00)
      #expect(.microseconds(10 * hundredths) <= elapsed, "nobody takes longer than the caller waits")
      // What was printed may be less than a hundredth short, which a whole millisecond is billed for.
      #expect((hundredths...hundredths + 100).contains(100 * billed), "\(text)")
      #expect(!text.contains("Init Duration"))
    }
  }

  @Test(arguments: [
    (300_000_000, "300.00", 300), (300_010_000, "300.01", 301), (300_990_000, "300.99", 301), (1_050_000, "1.05", 2),
    (70_000, "0.07", 1),
  ])
  func aMillisecondThatHasBegunIsBilled(nanoseconds: Int64, duration: String, billed: Int) {
    #expect(
      report(nanoseconds).line
        == "REPORT RequestId: id\tDuration: \(duration) ms\tBilled Duration: \(billed) ms\tMemory Size: 256 MB\t"
        + "Max Memory Used: 17 MB\t")
  }

  @Test func theInitIsBilledAndToldApart() {
    var report = report(1_400_000)
    report.initDuration = .nanoseconds(2_500_000)
    #expect(
      report.line
        == "REPORT RequestId: id\tDuration: 1.40 ms\tBilled Duration: 4 ms\tMemory Size: 256 MB\t"
        + "Max Memory Used: 17 MB\tInit Duration: 2.50 ms\t")
  }

  /// A script that starts the runtime has little memory itself.
  @Test(.enabled(if: access("/proc/self/status", R_OK) == 0)) func theMemoryIsThatOfAllThatRuns() async throws {
    func peak(_ command: [String]) async throws -> Int {
      var peak = 0
      try await EchoFixture.run(maximumConcurrency: 1, command: command) { fixture in
        _ = try await fixture.invoke("1")
        peak = InvocationReport.peakMemoryMB(of: try #require(await fixture.host.processIDs.first))
      }
      return peak
    }
    let program = BuiltProducts.program("echo-function")
    let alone = try await peak([program])
    let inAScript = try await peak(["sh", "-c", "\"$0\"; true", program])
    #expect(alone > 4)
    #expect(inAScript > alone / 2, "\(inAScript) MB in a script, \(alone) MB alone")
  }

  private func report(_ nanoseconds: Int64) -> InvocationReport {
    InvocationReport(
      requestID: "id", duration: .nanoseconds(nanoseconds), memorySizeMB: 256, maximumMemoryUsedMB: 17)
  }
}
