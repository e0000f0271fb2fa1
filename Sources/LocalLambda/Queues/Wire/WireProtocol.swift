import JSON

/// One request in one of SQS's two protocols: its action, its input, and how answers and errors are written.
struct WireProtocol: Sendable {
  let format: ActionOutput.Format
  let action: String
  let input: ActionInput
  let queueURLPrefix: String
  let requestID: String

  /// Whether the request is in the JSON protocol, by its headers.
  static func isJSON(_ request: WireRequest) -> Bool {
    request.target != nil || request.contentType?.hasPrefix("application/x-amz-json") == true
  }

  /// Reads a request of the JSON protocol.
  init(json request: WireRequest, queueURLPrefix: String, requestID: String) throws(SQSError) {
    format = .json
    self.queueURLPrefix = queueURLPrefix
    self.requestID = requestID
    guard let target = request.target, target.hasPrefix("AmazonSQS.") else {
      throw SQSError(.unknownOperation, "The operation \(request.target ?? "") is not one of AmazonSQS.")
    }
    action = String(target.dropFirst("AmazonSQS.".count))
    do {
      let value = request.body.isEmpty ? .object(JSONObject()) : try JSONValue(parsing: request.body)
      guard let members = value.objectValue else {
        throw SQSError(.serialization, "The request body has to be a JSON object.")
      }
      input = ActionInput(members)
    } catch let error as SQSError {
      throw error
    } catch {
      throw SQSError(.serialization, "The request body is not valid JSON: \(error)")
    }
  }

  /// Reads a request of the query protocol: a form, or a URL's query.
  ///
  /// - Returns: nil when it names no action.
  init?(query request: WireRequest, queueURLPrefix: String, requestID: String) throws(SQSError) {
    format = .xml
    self.queueURLPrefix = queueURLPrefix
    self.requestID = requestID
    var parameters = QueryParameters(form: request.query.utf8)
    parameters.merge(QueryParameters(form: request.body))
    guard let action = parameters["Action"]?.value, !action.isEmpty else { return nil }
    self.action = action
    if request.path.count > 1 {
      guard action != "CreateQueue", action != "ListQueues" else { throw .unknownAction(action) }
      if parameters["QueueUrl"] == nil { parameters.set("QueueUrl", to: String(request.path)) }
    }
    input = ActionInput(parameters)
  }

  /// Writes an action's answer.
  func response<Output: QueueActionOutput>(to result: Output) -> WireResponse {
    var output = ActionOutput(format, queueURLPrefix: queueURLPrefix)
    switch format {
    case .json:
      output.structure { result.write(to: &$0) }
    case .xml:
      output.element(
        "\(action)Response", attributes: " xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\""
      ) { output in
        if Output.self != EmptyOutput.self { output.element("\(action)Result") { result.write(to: &$0) } }
        output.element("ResponseMetadata") { $0.string("RequestId", requestID) }
      }
    }
    return Self.response(format, requestID: requestID, status: 200, body: output.bytes)
  }

  /// Writes an error as SQS does.
  static func response(to error: SQSError, format: ActionOutput.Format, requestID: String) -> WireResponse {
    var output = ActionOutput(format, queueURLPrefix: "")
    let sender = error.code.status < 500 ? "Sender" : "Receiver"
    switch format {
    case .json:
      let type = "\(error.code.namespace)#\(error.code.shape)"
      output.structure { output in
        output.string("__type", type)
        output.string("message", error.message)
      }
      var response = response(format, requestID: requestID, status: error.code.status, body: output.bytes)
      response.headers.append(("x-amzn-query-error", "\(error.code.query);\(sender)"))
      response.headers.append(("x-amzn-errortype", type))
      return response
    case .xml:
      output.element(
        "ErrorResponse", attributes: " xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\""
      ) { output in
        output.element("Error") { output in
          output.string("Type", sender)
          output.string("Code", error.code.query)
          output.string("Message", error.xmlMessage)
          output.element("Detail") { _ in }
        }
        output.string("RequestId", requestID)
      }
      return response(format, requestID: requestID, status: error.code.status, body: output.bytes)
    }
  }

  private static func response(
    _ format: ActionOutput.Format, requestID: String, status: Int, body: [UInt8]
  ) -> WireResponse {
    switch format {
    case .json:
      WireResponse(
        status: status, contentType: "application/x-amz-json-1.0", headers: [("x-amzn-RequestId", requestID)],
        body: body)
    case .xml:
      WireResponse(
        status: status, contentType: "text/xml", headers: [("x-amzn-RequestId", requestID)],
        body: Array("<?xml version=\"1.0\"?>".utf8) + body)
    }
  }
}

extension SQSError {
  /// No such action, in the query protocol.
  static func unknownAction(_ action: String) -> SQSError {
    SQSError(.invalidAction, "The action \(action) is not valid for this endpoint.")
  }

  /// The old protocol words one error differently.
  fileprivate var xmlMessage: String {
    code == .queueDoesNotExist ? "The specified queue does not exist for this wsdl version." : message
  }
}
