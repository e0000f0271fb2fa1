extension QueueService {
  /// Answers a request, perhaps later.
  ///
  /// - Returns: the long poll that waits; nil when the request was, or will be, answered without one.
  func answer(_ request: WireRequest, respond: @escaping @Sendable (WireResponse) -> Void) -> LongPoll.ID? {
    let responder = WireResponder(
      format: WireProtocol.format(of: request),
      urls: QueueURLs(host: request.host ?? "127.0.0.1", defaultRegion: region),
      requestID: MessageID.random(using: &random).description)
    do throws(SQSError) {
      guard !request.page.isForeign else { throw SQSError(.accessDenied, WebPage.refusal) }
      if request.uri.hasPrefix(QueueInspection.path) {
        inspect(request, respond: respond)
        return nil
      }
      guard responder.format != .json else {
        guard request.method == "POST" else {
          respond(WireResponse(status: 405, headers: [("content-type", "text/plain"), ("Allow", "POST")]))
          return nil
        }
        return try perform(WireProtocol(json: request, own: ownScope), responder, respond)
      }
      guard let query = try WireProtocol(query: request, own: ownScope) else {
        let body = Array("<UnknownOperationException/>\n".utf8)
        respond(WireResponse(status: 404, headers: [("content-type", "text/xml")], body: body))
        return nil
      }
      return try perform(query, responder, respond)
    } catch {
      respond(responder.response(to: error))
      return nil
    }
  }

  private func perform(
    _ wire: WireProtocol, _ responder: WireResponder, _ respond: @escaping @Sendable (WireResponse) -> Void
  ) throws(SQSError) -> LongPoll.ID? {
    guard !isStrict || wire.caller.isSigned else {
      throw SQSError(.missingAuthentication, "Request is missing Authentication Token")
    }
    let name = wire.action
    if name == "ReceiveMessage" { return try receive(wire.input, responder, respond) }
    guard let action = QueueActions.action(name) else {
      throw responder.format == .json
        ? SQSError(.unknownOperation, "The operation \(name) is not one of AmazonSQS.") : .unknownAction(name)
    }
    guard storage?.isFailing == true else {
      let response = try action.answer(wire, by: responder, in: self)
      whenDurable { failure in respond(failure.map { responder.response(to: $0) } ?? response) }
      return nil
    }
    whenWritable { failure in
      self.assumeIsolated { service in
        do throws(SQSError) {
          if let failure { throw failure }
          let response = try action.answer(wire, by: responder, in: service)
          service.whenDurable { failure in respond(failure.map { responder.response(to: $0) } ?? response) }
        } catch {
          respond(responder.response(to: error))
        }
      }
    }
    return nil
  }

  /// A receive acknowledges nothing, so it is answered whether it could be written or not; but before it is, a crash
  /// must not make its receipt handles those of somebody else's receive.
  private func receive(
    _ input: ActionInput, _ responder: WireResponder, _ respond: @escaping @Sendable (WireResponse) -> Void
  ) throws(SQSError) -> LongPoll.ID {
    let receive = try ReceiveMessage(input)
    let poll = newPoll()
    try receive.perform(as: poll, in: self) { result in
      switch result {
      case .success(let output):
        self.assumeIsolated {
          $0.deliver(output, as: poll) { respond(responder.response(to: output, of: "ReceiveMessage")) }
        }
      case .failure(let error): respond(responder.response(to: error))
      }
    }
    return poll
  }
}
