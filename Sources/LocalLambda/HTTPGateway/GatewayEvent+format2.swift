import JSON
import NIOHTTP1

/// Payload format 2.0.
extension GatewayEvent {
  func writeFormat2(to writer: inout JSONWriter) {
    writer.raw(#"{"version":"2.0","routeKey":"#)
    writer.string(routeKey)
    writer.raw(#","rawPath":"#)
    writer.string(path)
    writer.raw(#","rawQueryString":"#)
    writer.string(String(request.query))
    writeHeaders(to: &writer)
    writeQuery(to: &writer)
    writeContext(to: &writer)
    if !pathParameters.isEmpty {
      writer.raw(#","pathParameters":"#)
      writer.object(pathParameters)
    }
    if !endpoint.stageVariables.isEmpty {
      writer.raw(#","stageVariables":"#)
      writer.object(endpoint.stageVariables)
    }
    writer.raw(",")
    writeBody(orNull: false, to: &writer)
    writer.raw("}")
  }

  /// Cookies apart, names in lower case, and repeats joined.
  private func writeHeaders(to writer: inout JSONWriter) {
    var fields: [(name: String, value: String)] = []
    var cookies: [String] = []
    var forwardedFor = ""
    for (name, value) in request.head.headers {
      let name = name.lowercased()
      switch Self.kind(ofField: name) {
      case .dropped: break
      case .cookie:
        cookies += value.split(separator: ";").map { String(Self.trimmed($0)) }.filter { !$0.isEmpty }
      case .forwardedFor: forwardedFor += "\(value), "
      case .passed:
        if let index = fields.firstIndex(where: { $0.name == name }) {
          fields[index].value += ",\(value)"
        } else {
          fields.append((name, value))
        }
      }
    }
    fields += addedFields(forwardedFor: forwardedFor)
    if !cookies.isEmpty {
      writer.raw(#","cookies":"#)
      writer.array(cookies)
    }
    writer.raw(#","headers":"#)
    writer.object(fields)
  }

  private func writeQuery(to writer: inout JSONWriter) {
    var parameters: [(name: String, value: String)] = []
    for (name, value) in QueryString.pairs(request.query) {
      if let index = parameters.firstIndex(where: { $0.name == name }) {
        parameters[index].value += ",\(value)"
      } else {
        parameters.append((name, value))
      }
    }
    guard !parameters.isEmpty else { return }
    writer.raw(#","queryStringParameters":"#)
    writer.object(parameters)
  }

  private func writeContext(to writer: inout JSONWriter) {
    writer.raw(#","requestContext":{"accountId":"#)
    writer.string(endpoint.accountID)
    writer.raw(#","apiId":"#)
    writer.string(endpoint.apiID)
    writer.raw(#","domainName":"#)
    writer.string(endpoint.domainName)
    writer.raw(#","domainPrefix":"#)
    writer.string(endpoint.domainPrefix)
    writer.raw(#","http":{"method":"#)
    writer.string(request.head.method.rawValue)
    writer.raw(#","path":"#)
    writer.string(path)
    writer.raw(#","protocol":"#)
    writer.string(Self.protocolName)
    writer.raw(#","sourceIp":"#)
    writer.string(request.peerAddress)
    writer.raw(#","userAgent":"#)
    writer.string(userAgent)
    writer.raw(#"},"requestId":"#)
    writer.string(requestID)
    writer.raw(#","routeKey":"#)
    writer.string(routeKey)
    writer.raw(#","stage":"#)
    writer.string(endpoint.stage)
    writer.raw(#","time":"#)
    writer.string(CommonLogTime.format(seconds: milliseconds / 1_000))
    writer.raw(#","timeEpoch":"#)
    writer.integer(milliseconds)
    writer.raw("}")
  }
}
