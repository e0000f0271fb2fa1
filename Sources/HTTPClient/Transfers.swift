import CLibcurl

/// All transfers of a client, as the curl thread sees them.
struct Transfers {
  private let multi: UnsafeMutableRawPointer
  private let configuration: HTTPClientConfiguration
  private var running: [ObjectIdentifier: Transfer] = [:]
  private var idle: [Transfer] = []

  init(multi: UnsafeMutableRawPointer, configuration: HTTPClientConfiguration) {
    self.multi = multi
    self.configuration = configuration
    curl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumIdleConnections)
  }

  mutating func perform(_ command: CurlThread.Command) {
    switch command {
    case .start(let exchange): start(exchange)
    case .remove(let exchange): remove(exchange)
    }
  }

  /// Moves all transfers on as far as they go without waiting, then waits for a socket, a timer or a wake-up.
  mutating func work() {
    var count: Int32 = 0
    curl_multi_perform(multi, &count)
    var messages: Int32 = 0
    var hasFinished = false
    while let message = curl_multi_info_read(multi, &messages) {
      guard message.pointee.msg == CURLMSG_DONE else { continue }
      hasFinished = true
      finish(message.pointee.easy_handle, message.pointee.data.result)
    }
    // libcurl's own timers cut the sleep short. After a transfer's end there may be commands, and its connection may
    // be free for one that waits: look once more before sleeping.
    curl_multi_poll(multi, nil, 0, hasFinished ? 0 : .max, nil)
  }

  /// Ends what still runs and frees everything.
  mutating func end() {
    for transfer in running.values {
      curl_multi_remove_handle(multi, transfer.easy)
      transfer.exchange?.finish(.failure(.shutDown(transfer.exchange?.request, mayHaveBeenSent: true)))
    }
    running = [:]
    idle = []
    curl_multi_cleanup(multi)
  }

  private mutating func start(_ exchange: Exchange) {
    guard !exchange.isEnded else { return }
    guard let transfer = idle.popLast() ?? Transfer() else {
      return exchange.finish(.failure(HTTPClientError(.other, "libcurl is out of memory", url: exchange.request.url)))
    }
    var code = transfer.begin(exchange, configuration)
    if code == CURLE_OK, curl_multi_add_handle(multi, transfer.easy) != CURLM_OK { code = CURLE_FAILED_INIT }
    guard code == CURLE_OK else {
      exchange.finish(.failure(transfer.error(code)))
      return release(transfer)
    }
    running[ObjectIdentifier(exchange)] = transfer
  }

  private mutating func remove(_ exchange: Exchange) {
    guard let transfer = running.removeValue(forKey: ObjectIdentifier(exchange)) else { return }
    curl_multi_remove_handle(multi, transfer.easy)
    release(transfer)
  }

  private mutating func finish(_ easy: UnsafeMutableRawPointer?, _ code: CURLcode) {
    guard let easy, let transfer = Transfer.owner(of: easy), let exchange = transfer.exchange else { return }
    curl_multi_remove_handle(multi, easy)
    running[ObjectIdentifier(exchange)] = nil
    exchange.finish(code == CURLE_OK ? .success(transfer.response) : .failure(transfer.error(code)))
    release(transfer)
  }

  /// Keeps the handle for the next request, without anything of this one.
  private mutating func release(_ transfer: Transfer) {
    transfer.reset()
    if idle.count < configuration.maximumIdleConnections { idle.append(transfer) }
  }
}
