import CLibcurl
import Synchronization
import Threads

/// The one thread that touches curl handles, and the list of things that others want it to do.
///
/// It is started by the first command and sleeps in `curl_multi_poll`, from which `curl_multi_wakeup`, the one call
/// that libcurl allows from other threads, gets it out.
final class CurlThread: Sendable {
  enum Command {
    case start(Exchange)
    case remove(Exchange)
  }

  private struct State {
    var commands: [Command] = []
    var running: (multi: MultiHandle, thread: RunningThread)?
    var isShutDown = false
  }

  private let configuration: HTTPClientConfiguration
  private let state = Mutex(State())

  init(configuration: HTTPClientConfiguration) { self.configuration = configuration }

  /// Leaves a command for the thread, in order.
  func submit(_ command: Command) {
    let failure: (Exchange, HTTPClientError)? = state.withLock { state in
      guard case .start(let exchange) = command else {
        if state.running != nil { append(command, to: &state) }
        return nil
      }
      if state.isShutDown { return (exchange, .shutDown(exchange.request, mayHaveBeenSent: false)) }
      if state.running == nil {
        do throws(HTTPClientError) {
          state.running = try start(for: exchange.request)
        } catch {
          return (exchange, error)
        }
      }
      append(command, to: &state)
      return nil
    }
    if let (exchange, error) = failure { exchange.finish(.failure(error)) }
  }

  /// Ends all transfers and waits for the thread.
  func shutDown() {
    let thread: RunningThread? = state.withLock { state in
      guard !state.isShutDown else { return nil }
      state.isShutDown = true
      guard let (multi, thread) = state.running else { return nil }
      curl_multi_wakeup(multi.pointer)
      return thread
    }
    thread?.join()
  }

  /// Only the first of several commands needs a wake-up: the thread takes all that are there.
  private func append(_ command: Command, to state: inout State) {
    state.commands.append(command)
    if state.commands.count == 1, let (multi, _) = state.running { curl_multi_wakeup(multi.pointer) }
  }

  private func start(for request: HTTPClientRequest) throws(HTTPClientError) -> (MultiHandle, RunningThread) {
    guard Self.isCurlReady, let pointer = curl_multi_init() else {
      throw HTTPClientError(.other, "libcurl cannot be set up", url: request.url)
    }
    let multi = MultiHandle(pointer: pointer)
    do throws(ThreadError) {
      return (multi, try startThread { self.run(multi) })
    } catch {
      curl_multi_cleanup(pointer)
      throw HTTPClientError(.other, "no thread could be started: \(error)", url: request.url)
    }
  }

  /// Done once in a process, by whoever comes first; safe on any thread since libcurl 7.84.
  private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// The thread's life: do what was asked, let curl work, sleep.
  private func run(_ multi: MultiHandle) {
    var transfers = Transfers(multi: multi.pointer, configuration: configuration)
    while true {
      let (commands, isShutDown) = state.withLock { state in
        defer { state.commands.removeAll(keepingCapacity: true) }
        return (state.commands, state.isShutDown)
      }
      for command in commands { transfers.perform(command) }
      if isShutDown { break }
      transfers.work()
    }
    // From here on nobody may wake the handle that is about to go. What was asked meanwhile comes to nothing: all ends.
    state.withLock { state in
      state.running = nil
      state.commands = []
    }
    transfers.end()
  }
}

/// libcurl's multi handle. Sendable because other threads only ever pass it to `curl_multi_wakeup`, under the lock
/// that also guards its end; everything else happens on the curl thread.
private struct MultiHandle: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
}
