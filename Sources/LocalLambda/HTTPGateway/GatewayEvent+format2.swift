import JSON
import NIOHTTP1

/// Payload format 2.0: cookies apart, names in lower case, repeats joined, and what is empty left out.
extension GatewayEvent {
  func writeFormat2(to writer: inout JSONWriter) {
    writer.raw(#"{"version":"2.0""#)
    writer.member("routeKey", routeKey)
    writer.member("rawPath", path)
    writer.member("rawQueryString", String(request.query))
    writeHeaders(to: &writer)
    let parameters = queryParameters()
    if !parameters.members.isEmpty {
      writer.raw(#","queryStringParameters":"#)
      writer.object(parameters.joinedValues)
    }
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

  private func writeHeaders(to writer: inout JSONWriter) {
    let fields = fields().members.map { (name: $0.name.lowercased(), values: $0.values) }
    let cookies = fields.filter { $0.name == "cookie" }.flatMap(\.values).flatMap { value in
      value.split(separator: ";").map { String(Self.trimmed($0)) }.filter { !$0.isEmpty }
    }
    if !cookies.isEmpty {
      writer.raw(#","cookies":"#)
      writer.array(cookies)
    }
    writer.raw(#","headers":"#)
    writer.object(fields.filter { $0.name != "cookie" }.map { ($0.name, $0.values.joined(separator: ",")) })
  }

  private func writeContext(to writer: inout JSONWriter) {
    beginContext(to: &writer)
    if let caller { caller.writeAuthorizer(to: &writer) }
    writer.raw(#","http":{"method":"#)
    writer.string(request.head.method.rawValue)
    writer.member("path", path)
    writer.member("protocol", Self.protocolName)
    writer.member("sourceIp", request.peerAddress)
    writer.member("userAgent", userAgent)
    writer.raw("}")
    writer.member("requestId", requestID)
    writer.member("routeKey", routeKey)
    writer.member("stage", endpoint.stage)
    writer.member("time", CommonLogTime.format(seconds: milliseconds / 1_000))
    writer.raw(#","timeEpoch":"#)
    writer.integer(milliseconds)
    writer.raw("}")
  }
}
