#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A thread that runs one actor's jobs, so that these may block.
///
/// `@unchecked Sendable`: `jobs` and `isStopped` are touched only while `mutex` is locked; the two pointers never change
/// and live until the last reference is gone, and the thread holds one until it ends.
final class ConnectionThread: SerialExecutor, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [UnownedJob] = []
  private var isStopped = false

  /// Starts the thread. It runs until ``stop()``.
  init() throws(PostgresError) {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    let status = startThread { self.runJobs() }
    guard status == 0 else {
      throw PostgresError(.couldNotConnect, "no thread for a connection could be started (error \(status))")
    }
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_mutex_unlock(mutex)
    // After that: the thread would wake only to wait for the mutex.
    pthread_cond_signal(condition)
  }

  /// Lets the thread end after the jobs it has.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  private func runJobs() {
    let executor = asUnownedSerialExecutor()
    while true {
      pthread_mutex_lock(mutex)
      while jobs.isEmpty, !isStopped { pthread_cond_wait(condition, mutex) }
      let batch = jobs
      jobs.removeAll(keepingCapacity: true)
      pthread_mutex_unlock(mutex)
      guard !batch.isEmpty else { return }
      for job in batch { job.runSynchronously(on: executor) }
    }
  }
}
