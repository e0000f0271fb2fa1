/// An `AWS::Serverless::HttpApi` of a template.
public struct HTTPAPIResource: Sendable {
  /// Its name in the template.
  public var logicalID: String
  /// The line it starts on.
  public var line: Int
}

extension HTTPAPIResource {
  /// What SAM makes when an event names no API.
  static let implicit = "ServerlessHttpApi"

  init(_ logicalID: String, _ resource: ResourceNode, context: TemplateContext) throws(TemplateError) {
    self.logicalID = logicalID
    line = resource.line
    var properties = try PropertyReader(
      resource.properties, path: logicalID, line: resource.line, context: context)
    if let stage = try properties.string("StageName"), stage != "$default" {
      context.warn(line, "\(logicalID).StageName \(stage) is ignored: the local gateway serves at the root")
    }
    properties.warn("Auth", "every caller is let in locally")
    properties.warn("CorsConfiguration", "no CORS headers are added locally")
    properties.warn("Domain", "it is served on this machine only")
    properties.warn("StageVariables", "events carry none locally")
    properties.ignore(
      "Name", "Description", "Tags", "PropagateTags", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings",
      "FailOnWarnings", "DisableExecuteApiEndpoint")
    try properties.refuse("DefinitionBody", "is not read", "Give the functions HttpApi events")
    try properties.refuse("DefinitionUri", "is not read", "Give the functions HttpApi events")
    try properties.finish()
  }
}
