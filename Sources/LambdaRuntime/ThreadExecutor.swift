import Threads

/// Runs tasks on one thread: the one that calls ``run()``.
///
/// The handler runs where the socket is read, so an event that needs nothing from elsewhere is answered without a
/// switch of threads. When all tasks wait for other threads, this one sleeps until one of them resumes a task.
final class ThreadExecutor: TaskExecutor {
  private let jobs = JobQueue()

  func enqueue(_ job: consuming ExecutorJob) {
    jobs.append(job)
  }

  /// Makes the calling thread the one that runs the tasks, for ever.
  func run() -> Never {
    let executor = asUnownedTaskExecutor()
    var batch: [UnownedJob] = []
    while true {
      jobs.takeAll(into: &batch)
      for job in batch { job.runSynchronously(on: executor) }
    }
  }
}

/// Starts a thread for `body`, and nobody waits for its end. A process that is given none ends.
func startThreadOrExit(stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void) {
  do throws(ThreadError) {
    try startThread(stackSize: stackSize, body).detach()
  } catch {
    exitProcess(.unavailable, "no thread could be started: \(error)")
  }
}
