import Testing

@testable import LocalLambda

@Suite struct BatchConcurrencyTests {
  private let start = ContinuousClock.now

  @Test func itStartsWithFiveAndGrowsBy300AMinuteWhileThereIsABacklog() {
    var concurrency = BatchConcurrency(maximum: nil)
    #expect(concurrency.limit == 5)
    concurrency.gathered(isFull: true, at: start)
    #expect(concurrency.growth(after: start) == .milliseconds(200))
    concurrency.advance(to: start + .milliseconds(199))
    #expect(concurrency.limit == 5)
    concurrency.advance(to: start + .milliseconds(200))
    #expect(concurrency.limit == 6)
    concurrency.advance(to: start + .seconds(60))
    #expect(concurrency.limit == 305)
    concurrency.advance(to: start + .seconds(3_600))
    #expect(concurrency.limit == 1_250)
  }

  @Test func itKeepsWhatItHasWithoutABacklogAndShrinksWhenTheQueueIsEmpty() {
    var concurrency = BatchConcurrency(maximum: nil)
    concurrency.gathered(isFull: true, at: start)
    concurrency.gathered(isFull: false, at: start + .seconds(2))
    #expect(concurrency.limit == 15)
    #expect(concurrency.growth(after: start + .seconds(2)) == nil)
    concurrency.advance(to: start + .seconds(60))
    #expect(concurrency.limit == 15)
    concurrency.foundNothing()
    #expect(concurrency.limit == 5)
  }

  @Test func itStaysWithinTheMaximumConcurrency() {
    var concurrency = BatchConcurrency(maximum: 2)
    #expect(concurrency.limit == 2)
    concurrency.gathered(isFull: true, at: start)
    concurrency.advance(to: start + .seconds(60))
    #expect(concurrency.limit == 2)
    var larger = BatchConcurrency(maximum: 7)
    larger.gathered(isFull: true, at: start)
    larger.advance(to: start + .seconds(60))
    #expect(larger.limit == 7)
  }

  @Test func provisionedPollersHaveTenBatchesEachAndGrowBy1000AMinute() {
    var concurrency = BatchConcurrency(pollers: 2...100)
    #expect(concurrency.limit == 20)
    concurrency.gathered(isFull: true, at: start)
    concurrency.advance(to: start + .seconds(30))
    #expect(concurrency.limit == 520)
    concurrency.advance(to: start + .seconds(3_600))
    #expect(concurrency.limit == 1_000)
    concurrency.foundNothing()
    #expect(concurrency.limit == 20)
  }

  @Test func failuresTakeItDownAndPauseIt() {
    var concurrency = BatchConcurrency(maximum: nil)
    var limits: [Int] = []
    var pauses: [Duration] = []
    for _ in 1...12 {
      concurrency.failed()
      limits.append(concurrency.limit)
      pauses.append(concurrency.pause)
    }
    #expect(limits.prefix(6) == [4, 3, 2, 1, 1, 1])
    #expect(pauses.prefix(4) == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(400)])
    #expect(pauses.last == .seconds(1), "good messages wait, too")
    concurrency.gathered(isFull: true, at: start)
    concurrency.advance(to: start + .seconds(60))
    #expect(concurrency.limit == 1, "while it fails, a backlog is no reason to grow")

    for _ in 1...6 { concurrency.succeeded() }
    #expect(concurrency.limit == 5)
    #expect(concurrency.pause == .zero)
  }
}
