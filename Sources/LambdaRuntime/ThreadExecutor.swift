#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs tasks on one thread: the one that calls ``run()``.
///
/// The handler runs where the socket is read, so an event that needs nothing from elsewhere is answered without a
/// switch of threads. When all tasks wait for other threads, this one sleeps until one of them resumes a task.
///
/// `@unchecked Sendable`: `jobs` and `isAsleep` are only touched with `mutex` held, and the two pointers never change.
final class ThreadExecutor: TaskExecutor, @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var isAsleep = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wakeUp, nil)
  }

  deinit {
    pthread_cond_destroy(wakeUp)
    pthread_mutex_destroy(mutex)
    wakeUp.deallocate()
    mutex.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    let wakes = isAsleep
    pthread_mutex_unlock(mutex)
    if wakes { pthread_cond_signal(wakeUp) }
  }

  /// Makes the calling thread the one that runs the tasks, for ever.
  func run() -> Never {
    var batch: [UnownedJob] = []
    while true {
      pthread_mutex_lock(mutex)
      while jobs.isEmpty {
        isAsleep = true
        pthread_cond_wait(wakeUp, mutex)
        isAsleep = false
      }
      swap(&batch, &jobs)
      pthread_mutex_unlock(mutex)
      for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
      batch.removeAll(keepingCapacity: true)
    }
  }
}

/// Starts a thread of its own for `body`, which never returns.
func startThread(stackSize: Int? = nil, _ body: @escaping @Sendable () -> Never) {
  final class Body: Sendable {
    let run: @Sendable () -> Never
    init(_ run: @escaping @Sendable () -> Never) { self.run = run }
  }

  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  if let stackSize { pthread_attr_setstacksize(&attributes, stackSize) }

  let argument = Unmanaged.passRetained(Body(body)).toOpaque()
  #if canImport(Darwin)
    var thread: pthread_t?
    let status = pthread_create(
      &thread, &attributes, { Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run() }, argument)
  #else
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      }, argument)
  #endif
  if status != 0 { exitProcess(.unavailable, "no thread could be started: \(String(cString: strerror(status)))") }
}
