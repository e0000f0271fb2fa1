#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The jobs of an executor that has one thread: any thread leaves them here, and that one takes them.
///
/// ```swift
/// final class OneThread: TaskExecutor {
///   private let jobs = JobQueue()
///
///   func enqueue(_ job: consuming ExecutorJob) { jobs.append(job) }
///
///   func run() {
///     var batch: [UnownedJob] = []
///     repeat {
///       jobs.takeAll(into: &batch)
///       for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
///     } while !batch.isEmpty
///   }
/// }
/// ```
///
/// `@unchecked Sendable`: `jobs` and the two flags are touched only while `mutex` is locked; the two pointers never
/// change and live as long as the queue.
public final class JobQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var isAsleep = false
  private var isStopped = false

  /// A queue without jobs.
  public init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wakeUp, nil)
  }

  deinit {
    pthread_cond_destroy(wakeUp)
    pthread_mutex_destroy(mutex)
    wakeUp.deallocate()
    mutex.deallocate()
  }

  /// Leaves a job for the thread.
  public func append(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    // With the mutex held: once it is free the thread may run the job and end, and the queue may be gone with it.
    if isAsleep { pthread_cond_signal(wakeUp) }
    pthread_mutex_unlock(mutex)
  }

  /// Waits for jobs and takes all that there are, in place of those in `batch`, which are done.
  ///
  /// After ``stop()`` it does not wait: `batch` is empty then when no job is left.
  public func takeAll(into batch: inout [UnownedJob]) {
    batch.removeAll(keepingCapacity: true)
    pthread_mutex_lock(mutex)
    while jobs.isEmpty, !isStopped {
      isAsleep = true
      pthread_cond_wait(wakeUp, mutex)
      isAsleep = false
    }
    // The two arrays change places: both keep their capacity.
    swap(&batch, &jobs)
    pthread_mutex_unlock(mutex)
  }

  /// Lets the thread end after the jobs it has.
  public func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    if isAsleep { pthread_cond_signal(wakeUp) }
    pthread_mutex_unlock(mutex)
  }
}
