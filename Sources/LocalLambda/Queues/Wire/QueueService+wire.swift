extension QueueService {
  /// Answers a request, perhaps later.
  ///
  /// - Returns: the long poll that waits; nil when the request was, or will be, answered without one.
  func answer(_ request: WireRequest, respond: @escaping (WireResponse) -> Void) -> LongPoll.ID? {
    if request.path.hasPrefix(QueueInspection.path) {
      inspect(request, respond: respond)
      return nil
    }
    let requestID = MessageID.random().description
    let format: ActionOutput.Format = WireProtocol.isJSON(request) ? .json : .xml
    let prefix = "http://\(request.host ?? "127.0.0.1")/\(accountID)/"
    do throws(SQSError) {
      switch format {
      case .json:
        guard request.method == "POST" else {
          respond(WireResponse(status: 405, contentType: "text/plain", headers: [("Allow", "POST")], body: []))
          return nil
        }
        return try perform(
          WireProtocol(json: request, queueURLPrefix: prefix, requestID: requestID), respond: respond)
      case .xml:
        guard let query = try WireProtocol(query: request, queueURLPrefix: prefix, requestID: requestID) else {
          let body = Array("<UnknownOperationException/>\n".utf8)
          respond(WireResponse(status: 404, contentType: "text/xml", body: body))
          return nil
        }
        return try perform(query, respond: respond)
      }
    } catch {
      respond(WireProtocol.response(to: error, format: format, requestID: requestID))
      return nil
    }
  }

  private func perform(
    _ wire: WireProtocol, respond: @escaping (WireResponse) -> Void
  ) throws(SQSError) -> LongPoll.ID? {
    if wire.action == "ReceiveMessage" {
      return try ReceiveMessage(wire.input).perform(in: self) { result in
        switch result {
        case .success(let output): respond(wire.response(to: output))
        case .failure(let error):
          respond(WireProtocol.response(to: error, format: wire.format, requestID: wire.requestID))
        }
      }
    }
    guard let action = QueueActions.action(wire.action) else {
      if QueueActions.unsupported.contains(wire.action) {
        throw SQSError(.unsupportedOperation, "\(wire.action) is not supported.")
      }
      throw wire.format == .xml
        ? .unknownAction(wire.action)
        : SQSError(.unknownOperation, "The operation \(wire.action) is not one of AmazonSQS.")
    }
    let response = try perform(action, wire)
    whenDurable { failure in
      respond(
        failure.map { WireProtocol.response(to: $0, format: wire.format, requestID: wire.requestID) } ?? response)
    }
    return nil
  }

  private func perform<Action: QueueAction>(
    _ action: Action.Type, _ wire: WireProtocol
  ) throws(SQSError) -> WireResponse {
    wire.response(to: try action.init(wire.input).perform(in: self))
  }
}
