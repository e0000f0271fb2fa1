import NIOCore
import Testing

@testable import LocalLambda

/// With a clock of the test's own.
@Suite struct StreamPaceTests {
  private func moment(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .milliseconds(milliseconds) }

  @Test func theFirstSixMegabytesAreFree() {
    var pace = StreamPace()
    for _ in 0..<6 { #expect(pace.take(1 << 20, at: moment(0)) == nil) }
    #expect(pace.take(1 << 20, at: moment(0)) == moment(500))
    #expect(pace.take(1 << 20, at: moment(500)) == moment(1000))
  }

  @Test func whoComesSlowlyIsNeverHeld() {
    var pace = StreamPace()
    for second in 0..<100 { #expect(pace.take(2 << 20, at: moment(Int64(second) * 1000)) == nil) }
  }

  @Test func aPauseEarnsOneBurstAndNoMore() {
    var pace = StreamPace()
    #expect(pace.take(6 << 20, at: moment(0)) == nil)
    #expect(pace.take(6 << 20, at: moment(3_600_000)) == nil)
    #expect(pace.take(2 << 20, at: moment(3_600_000)) == moment(3_601_000))
  }
}
