import JSON
import NIOCore

/// One request in one of SQS's two protocols: its action, its input, and how answers and errors are written.
struct WireProtocol: Sendable {
  let action: String
  let input: ActionInput
  let caller: Caller

  /// How the answer to a request is to be written, by its headers.
  static func format(of request: WireRequest) -> ActionOutput.Format {
    if request.target != nil || request.contentType?.hasPrefix("application/x-amz-json") == true { return .json }
    return request.accept?.hasPrefix("application/json") == true ? .queryJSON : .xml
  }

  /// Reads a request of the JSON protocol.
  init(json request: borrowing WireRequest, own: QueueScope) throws(SQSError) {
    let service = "AmazonSQS."
    guard let target = request.target, target.hasPrefix(service) else {
      throw SQSError(.unknownOperation, "The operation \(request.target ?? "") is not one of AmazonSQS.")
    }
    action = String(Substring(target.utf8.dropFirst(service.utf8.count)))
    caller = Caller(authorization: request.authorization, credential: nil, own: own)
    let path = request.path.utf8.count > 1 ? String(request.path) : nil
    guard request.body.readableBytes > 0 else {
      input = ActionInput(JSONObject(), caller: caller.scope, path: path, traceHeader: request.traceHeader)
      return
    }
    let value: JSONValue
    do throws(JSONParseError) {
      value = try JSONValue(parsing: request.body.readableBytesView)
    } catch {
      throw SQSError(.serialization, "The request body is not valid JSON: \(error)")
    }
    guard let members = value.objectValue else {
      throw SQSError(.serialization, "The request body has to be a JSON object.")
    }
    input = ActionInput(members, caller: caller.scope, path: path, traceHeader: request.traceHeader)
  }

  /// Reads a request of the query protocol: a form, or a URL's query.
  ///
  /// - Returns: nil when it names no action.
  init?(query request: WireRequest, own: QueueScope) throws(SQSError) {
    var parameters = try QueryParameters(form: request.query.utf8)
    parameters.merge(try QueryParameters(form: request.body.readableBytesView))
    guard let action = parameters["Action"]?.value, !action.isEmpty else { return nil }
    self.action = action
    let path = request.path.utf8.count > 1 ? String(request.path) : nil
    if path != nil, action == "CreateQueue" || action == "ListQueues" { throw .unknownAction(action) }
    caller = Caller(
      authorization: request.authorization, credential: parameters["X-Amz-Credential"]?.value, own: own)
    input = ActionInput(parameters, caller: caller.scope, path: path, traceHeader: request.traceHeader)
  }
}

/// Writes the answers to one request.
struct WireResponder: Sendable {
  let format: ActionOutput.Format
  let urls: QueueURLs
  let requestID: String

  /// Writes an action's answer.
  func response<Output: QueueActionOutput>(to result: Output, of action: String) -> WireResponse {
    var output = ActionOutput(format, urls: urls)
    switch format {
    case .json:
      output.structure { result.write(to: &$0) }
    case .xml, .queryJSON:
      output.document("\(action)Response") { output in
        if Output.self != EmptyOutput.self { output.member("\(action)Result") { result.write(to: &$0) } }
        output.member("ResponseMetadata") { $0.string("RequestId", requestID) }
      }
    }
    return response(status: 200, body: output.bytes)
  }

  /// Writes an error as SQS does.
  func response(to error: SQSError) -> WireResponse {
    var output = ActionOutput(format, urls: urls)
    let sender = error.code.status < 500 ? "Sender" : "Receiver"
    switch format {
    case .json:
      let type = "\(error.code.namespace)#\(error.code.shape)"
      output.structure { output in
        output.string("__type", type)
        output.string("message", error.message)
      }
      var response = response(status: error.code.status, body: output.bytes)
      response.headers.append(("x-amzn-query-error", "\(error.code.query);\(sender)"))
      response.headers.append(("x-amzn-errortype", type))
      return response
    case .xml: output.document("ErrorResponse") { write(error, sender, to: &$0) }
    case .queryJSON: output.structure { write(error, sender, to: &$0) }
    }
    return response(status: error.code.status, body: output.bytes)
  }

  private func write(_ error: SQSError, _ sender: String, to output: inout ActionOutput) {
    output.member("Error") { output in
      output.string("Type", sender)
      output.string("Code", error.code.query)
      output.string("Message", error.queryMessage)
      output.member("Detail") { _ in }
    }
    output.string("RequestId", requestID)
  }

  private func response(status: Int, body: [UInt8]) -> WireResponse {
    let contentType =
      switch format {
      case .json: "application/x-amz-json-1.0"
      case .xml: "text/xml"
      case .queryJSON: "application/json"
      }
    return WireResponse(
      status: status, headers: [("content-type", contentType), ("x-amzn-RequestId", requestID)], body: body)
  }
}

extension SQSError {
  /// No such action, in the query protocol.
  static func unknownAction(_ action: String) -> SQSError {
    SQSError(.invalidAction, "The action \(action) is not valid for this endpoint.")
  }

  /// The old protocol words one error differently.
  fileprivate var queryMessage: String {
    code == .queueDoesNotExist ? "The specified queue does not exist for this wsdl version." : message
  }
}
