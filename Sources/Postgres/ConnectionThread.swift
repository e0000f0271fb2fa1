import Threads

/// A thread that runs one actor's jobs, so that these may block.
final class ConnectionThread: SerialExecutor {
  private let jobs = JobQueue()

  /// Starts the thread. It runs until ``stop()``.
  init() throws(PostgresError) {
    do throws(ThreadError) {
      try startThread { self.run() }.detach()
    } catch {
      throw PostgresError(.couldNotConnect, "no thread for a connection could be started: \(error)")
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    jobs.append(job)
  }

  /// Lets the thread end after the jobs it has.
  func stop() {
    jobs.stop()
  }

  private func run() {
    let executor = asUnownedSerialExecutor()
    var batch: [UnownedJob] = []
    repeat {
      jobs.takeAll(into: &batch)
      for job in batch { job.runSynchronously(on: executor) }
    } while !batch.isEmpty
  }
}
