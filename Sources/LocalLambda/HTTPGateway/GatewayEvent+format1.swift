import JSON
import NIOHTTP1

/// Payload format 1.0: header fields and parameters twice, with their last value and with all of them, and nothing left
/// out.
extension GatewayEvent {
  func writeFormat1(to writer: inout JSONWriter) {
    // `GET /users/{id}` is the resource `/users/{id}`.
    let resource = routeKey.split(separator: " ").last.map(String.init) ?? routeKey
    writer.raw(#"{"version":"1.0""#)
    writer.member("resource", resource)
    writer.member("path", path)
    writer.member("httpMethod", request.head.method.rawValue)
    let fields = fields()
    writer.raw(#","headers":"#)
    writer.object(fields.lastValues)
    writer.raw(#","multiValueHeaders":"#)
    writer.lists(fields.members)
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

  private func writeQuery(to writer: inout JSONWriter) {
    let parameters = queryParameters()
    guard !parameters.members.isEmpty else {
      return writer.raw(#","queryStringParameters":null,"multiValueQueryStringParameters":null"#)
    }
    writer.raw(#","queryStringParameters":"#)
    writer.object(parameters.lastValues)
    writer.raw(#","multiValueQueryStringParameters":"#)
    writer.lists(parameters.members)
  }

  private func writeContext(_ resource: String, to writer: inout JSONWriter) {
    beginContext(to: &writer)
    writer.member("extendedRequestId", requestID)
    writer.member("httpMethod", request.head.method.rawValue)
    writer.raw(
      #","identity":{"accessKey":null,"accountId":null,"caller":null,"cognitoAuthenticationProvider":null,"#)
    writer.raw(
      #""cognitoAuthenticationType":null,"cognitoIdentityId":null,"cognitoIdentityPoolId":null,"principalOrgId":null"#)
    writer.member("sourceIp", request.peerAddress)
    writer.raw(#","user":null"#)
    writer.member("userAgent", userAgent)
    writer.raw(#","userArn":null}"#)
    writer.member("path", path)
    writer.member("protocol", Self.protocolName)
    writer.member("requestId", requestID)
    writer.member("requestTime", CommonLogTime.format(seconds: milliseconds / 1_000))
    writer.raw(#","requestTimeEpoch":"#)
    writer.integer(milliseconds)
    writer.raw(#","resourceId":null"#)
    writer.member("resourcePath", resource)
    writer.member("stage", endpoint.stage)
    writer.raw("}")
  }

  private static func write(_ members: [(name: String, value: String)], to writer: inout JSONWriter) {
    if members.isEmpty { writer.raw("null") } else { writer.object(members) }
  }
}
