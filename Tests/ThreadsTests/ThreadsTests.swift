import Synchronization
import Testing
import Threads

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite struct ThreadsTests {
  @Test func joiningWaitsForTheEnd() throws {
    let isDone = Mutex(false)
    let thread = try startThread(stackSize: 256 * 1024) {
      usleep(10_000)
      isDone.withLock { $0 = true }
    }
    thread.join()
    let wasDone = isDone.withLock { $0 }
    #expect(wasDone)
  }

  @Test func aThreadGetsNoSignalsButItsOwnFaults() throws {
    let signals = [SIGTERM, SIGINT, SIGPIPE, SIGSEGV, SIGILL]
    let blocked = Mutex<[Int32]>([])
    let thread = try startThread {
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      let found = signals.filter { sigismember(&mask, $0) == 1 }
      blocked.withLock { $0 = found }
    }
    thread.join()
    let found = blocked.withLock { $0 }
    #expect(found == [SIGTERM, SIGINT, SIGPIPE])
  }

  @Test func aThreadThatSleepsIsWokenByEachJob() async throws {
    let executor = OneThread()
    let thread = try startThread { executor.run() }
    for number in 0..<1000 {
      let answer = await Task(executorPreference: executor) { number }.value
      #expect(answer == number)
    }
    executor.stop()
    thread.join()
  }

  @Test func aStoppedThreadEndsAfterTheJobsThatItHas() async throws {
    let executor = OneThread()
    let tasks = (0..<1000).map { number in Task(executorPreference: executor) { number } }
    executor.stop()
    let thread = try startThread { executor.run() }
    thread.join()
    var sum = 0
    for task in tasks { sum += await task.value }
    #expect(sum == 499_500)
  }
}

/// An executor such as those that the queue is made for.
private final class OneThread: TaskExecutor {
  private let jobs = JobQueue()

  func enqueue(_ job: consuming ExecutorJob) { jobs.append(job) }

  func stop() { jobs.stop() }

  func run() {
    var batch: [UnownedJob] = []
    repeat {
      jobs.takeAll(into: &batch)
      for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
    } while !batch.isEmpty
  }
}
