import JSON
import NIOCore

/// A call of Invoke, checked.
struct InvokeRequest {
  enum Kind: String, CaseIterable {
    case requestResponse = "RequestResponse"
    case event = "Event"
    case dryRun = "DryRun"

    /// The largest payload, in bytes.
    var maximumBytes: Int { self == .event ? 1 << 20 : 6 << 20 }
  }

  let kind: Kind
  let invocation: Invocation

  /// Checks a call of a function, which allows some of the kinds.
  init(_ request: ServerRequest, arn: String, kinds: [Kind] = Kind.allCases) throws(InvokeAPIError) {
    kind = try Self.kind(request["X-Amz-Invocation-Type"] ?? Kind.requestResponse.rawValue, of: kinds)
    guard request.bodyState != .tooLarge, request.body.readableBytes <= kind.maximumBytes else {
      throw .tooLarge(kind.maximumBytes)
    }
    try Self.checkContentType(request["Content-Type"])
    // An empty payload becomes an empty object, as with the SDKs' own default.
    let payload = request.body.readableBytes == 0 ? ByteBuffer(string: "{}") : request.body
    if let problem = JSONCheck.problem(in: payload) {
      throw .invalidContent("Could not parse request body into json: Could not parse payload into json: \(problem)")
    }
    let logType = request["X-Amz-Log-Type"] ?? "None"
    guard logType == "None" || logType == "Tail" else {
      throw .invalidParameter(Self.enumeration("logType", logType, ["None", "Tail"]))
    }
    var invocation = Invocation(payload: payload)
    // Only who waits for the answer is told to the function.
    let context = try Self.clientContext(request["X-Amz-Client-Context"])
    if kind != .event { invocation.clientContext = context }
    invocation.qualifiedARN = arn
    invocation.tenantID = Self.header("X-Amz-Tenant-Id", of: request)
    invocation.traceID = Self.header("X-Amzn-Trace-Id", of: request)
    invocation.wantsLogTail = logType == "Tail" && kind == .requestResponse
    self.invocation = invocation
  }

  /// What a header says; an empty one is as good as none.
  private static func header(_ name: String, of request: ServerRequest) -> String? {
    request[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// SDKs send an event as bytes of no type, command lines as a form; what says that it is something else is refused.
  private static func checkContentType(_ header: String?) throws(InvokeAPIError) {
    guard let header else { return }
    let type = header.prefix { $0 != ";" && $0 != " " }.lowercased()
    let isJSON = type.isEmpty || type.hasSuffix("json") || type.hasPrefix("application/x-amz-json-")
    guard isJSON || type.hasSuffix("/octet-stream") || type == "application/x-www-form-urlencoded" else {
      throw .unsupportedMediaType(header)
    }
  }

  private static func kind(_ text: String, of kinds: [Kind]) throws(InvokeAPIError) -> Kind {
    guard let kind = Kind(rawValue: text), kinds.contains(kind) else {
      throw .invalidParameter(enumeration("invocationType", text, kinds.map(\.rawValue)))
    }
    return kind
  }

  private static func clientContext(_ header: String?) throws(InvokeAPIError) -> String? {
    guard let header, !header.isEmpty else { return nil }
    guard header.utf8.count <= 3583 else {
      throw .invalidContent("Client context must be no more than 3583 bytes")
    }
    guard let bytes = Base64.decode(header), let json = try? JSONValue(parsing: bytes), json.objectValue != nil else {
      throw .invalidContent("Client context must be a valid Base64-encoded JSON object")
    }
    // A header holds one line, and JSON means the same without its line breaks.
    return json.serialized
  }

  private static func enumeration(_ name: String, _ value: String, _ allowed: [String]) -> String {
    """
    1 validation error detected: Value '\(value)' at '\(name)' failed to satisfy constraint: \
    Member must satisfy enum value set: [\(allowed.joined(separator: ", "))]
    """
  }
}
