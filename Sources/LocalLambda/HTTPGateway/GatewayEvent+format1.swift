import JSON
import NIOHTTP1

/// Payload format 1.0: header fields and parameters twice, with their last value and with all of them, and nothing left
/// out.
extension GatewayEvent {
  func writeFormat1(to writer: inout JSONWriter) {
    // `GET /users/{id}` is the resource `/users/{id}`.
    let resource = routeKey.split(separator: " ").last.map(String.init) ?? routeKey
    writer.raw(#"{"version":"1.0","resource":"#)
    writer.string(resource)
    writer.raw(#","path":"#)
    writer.string(path)
    writer.raw(#","httpMethod":"#)
    writer.string(request.head.method.rawValue)
    let headers = allHeaders()
    writer.raw(#","headers":"#)
    writer.object(Self.lastValues(headers))
    writer.raw(#","multiValueHeaders":"#)
    writer.lists(headers)
    writeQuery(to: &writer)
    writeContext(resource, to: &writer)
    writer.raw(#","pathParameters":"#)
    Self.write(pathParameters, to: &writer)
    writer.raw(#","stageVariables":"#)
    Self.write(endpoint.stageVariables, to: &writer)
    writer.raw(",")
    writeBody(orNull: true, to: &writer)
    writer.raw("}")
  }

  /// Names as they were sent; of one name in several cases the first.
  private func allHeaders() -> [(name: String, values: [String])] {
    var fields: [(name: String, values: [String])] = []
    var forwardedFor = ""
    for (name, value) in request.head.headers {
      switch Self.kind(ofField: name.lowercased()) {
      case .dropped: break
      case .forwardedFor: forwardedFor += "\(value), "
      case .passed, .cookie:
        if let index = fields.firstIndex(where: { $0.name.isASCIIEqual(to: name) }) {
          fields[index].values.append(value)
        } else {
          fields.append((name, [value]))
        }
      }
    }
    return fields + addedFields(forwardedFor: forwardedFor).map { ($0.name, [$0.value]) }
  }

  private func writeQuery(to writer: inout JSONWriter) {
    var parameters: [(name: String, values: [String])] = []
    for (name, value) in QueryString.pairs(request.query) {
      if let index = parameters.firstIndex(where: { $0.name == name }) {
        parameters[index].values.append(value)
      } else {
        parameters.append((name, [value]))
      }
    }
    guard !parameters.isEmpty else {
      return writer.raw(#","queryStringParameters":null,"multiValueQueryStringParameters":null"#)
    }
    writer.raw(#","queryStringParameters":"#)
    writer.object(Self.lastValues(parameters))
    writer.raw(#","multiValueQueryStringParameters":"#)
    writer.lists(parameters)
  }

  private func writeContext(_ resource: String, to writer: inout JSONWriter) {
    writer.raw(#","requestContext":{"accountId":"#)
    writer.string(endpoint.accountID)
    writer.raw(#","apiId":"#)
    writer.string(endpoint.apiID)
    writer.raw(#","domainName":"#)
    writer.string(endpoint.domainName)
    writer.raw(#","domainPrefix":"#)
    writer.string(endpoint.domainPrefix)
    writer.raw(#","extendedRequestId":"#)
    writer.string(requestID)
    writer.raw(#","httpMethod":"#)
    writer.string(request.head.method.rawValue)
    writer.raw(
      #","identity":{"accessKey":null,"accountId":null,"caller":null,"cognitoAuthenticationProvider":null,"#)
    writer.raw(
      #""cognitoAuthenticationType":null,"cognitoIdentityId":null,"cognitoIdentityPoolId":null,"principalOrgId":null,"#)
    writer.raw(#""sourceIp":"#)
    writer.string(request.peerAddress)
    writer.raw(#","user":null,"userAgent":"#)
    writer.string(userAgent)
    writer.raw(#","userArn":null},"path":"#)
    writer.string(path)
    writer.raw(#","protocol":"#)
    writer.string(Self.protocolName)
    writer.raw(#","requestId":"#)
    writer.string(requestID)
    writer.raw(#","requestTime":"#)
    writer.string(CommonLogTime.format(seconds: milliseconds / 1_000))
    writer.raw(#","requestTimeEpoch":"#)
    writer.integer(milliseconds)
    writer.raw(#","resourceId":null,"resourcePath":"#)
    writer.string(resource)
    writer.raw(#","stage":"#)
    writer.string(endpoint.stage)
    writer.raw("}")
  }

  private static func lastValues(_ members: [(name: String, values: [String])]) -> [(name: String, value: String)] {
    members.map { ($0.name, $0.values.last ?? "") }
  }

  private static func write(_ members: [(name: String, value: String)], to writer: inout JSONWriter) {
    if members.isEmpty { writer.raw("null") } else { writer.object(members) }
  }
}
