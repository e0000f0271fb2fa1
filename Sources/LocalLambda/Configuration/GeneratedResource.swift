/// A resource that SAM makes beside those of a template, and that the template may name.
///
/// See [Generated AWS CloudFormation resources](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html).
struct GeneratedResource {
  var logicalID: String
  /// What it is on AWS; nil where it is served here, too.
  var type: String?
  /// What templates may call it besides, as `Function.Alias`: not every logical id can be foreseen.
  var alias: String?

  /// What is made beside all resources of a template.
  static func all(
    beside resources: [TemplateNode.Member], globals: TemplateNode?, _ intrinsics: Intrinsics
  ) throws(TemplateError) -> [GeneratedResource] {
    // The APIs of routes that name none.
    var all = [
      GeneratedResource(logicalID: HTTPAPIResource.implicit),
      try stage(of: HTTPAPIResource.implicit, globals?["HttpApi"], intrinsics),
      GeneratedResource(logicalID: "ServerlessRestApi", type: "AWS::ApiGateway::RestApi"),
      GeneratedResource(
        logicalID: "ServerlessRestApiProdStage", type: "AWS::ApiGateway::Stage", alias: "ServerlessRestApi.Stage"),
      GeneratedResource(logicalID: "ServerlessDeploymentApplication", type: "AWS::CodeDeploy::Application"),
    ]
    for resource in resources {
      let own = resource.value["Properties"]
      switch resource.value["Type"]?.scalar {
      case "AWS::Serverless::Function":
        let properties = TemplateNode.merged(globals?["Function"], own)
        all += try made(of: resource.key, properties, intrinsics)
        all += try destinations(of: resource.key, properties, intrinsics)
      case "AWS::Serverless::HttpApi":
        all.append(try stage(of: resource.key, TemplateNode.merged(globals?["HttpApi"], own), intrinsics))
      default: break
      }
    }
    return all
  }

  /// Role, alias, version, URL and what fetches its events.
  private static func made(
    of function: String, _ properties: TemplateNode?, _ intrinsics: Intrinsics
  ) throws(TemplateError) -> [GeneratedResource] {
    var made: [GeneratedResource] = []
    if try intrinsics.chosen("Role", of: properties) == nil {
      made.append(GeneratedResource(logicalID: function + "Role", type: "AWS::IAM::Role"))
    }
    if let alias = try intrinsics.chosen("AutoPublishAlias", of: properties) {
      let name = try intrinsics.resolve(alias).text?.plain ?? ""
      made.append(
        GeneratedResource(
          logicalID: "\(function)Alias\(name)", type: "AWS::Lambda::Alias", alias: function + ".Alias"))
      made.append(GeneratedResource(logicalID: function + ".Version", type: "AWS::Lambda::Version"))
    }
    if try intrinsics.chosen("DeploymentPreference", of: properties) != nil {
      made.append(
        GeneratedResource(logicalID: function + "DeploymentGroup", type: "AWS::CodeDeploy::DeploymentGroup"))
    }
    if try intrinsics.chosen("FunctionUrlConfig", of: properties) != nil {
      made.append(GeneratedResource(logicalID: FunctionResource.urlID(function)))
    }
    for event in try intrinsics.chosen("Events", of: properties)?.members ?? [] {
      guard let type = event.value["Type"]?.scalar.flatMap({ eventTypes[$0] }) else { continue }
      made.append(GeneratedResource(logicalID: function + event.key, type: type))
    }
    return made
  }

  private static let eventTypes = [
    "SQS": "AWS::Lambda::EventSourceMapping", "Schedule": "AWS::Events::Rule", "ScheduleV2": "AWS::Scheduler::Schedule",
  ]

  /// What `EventInvokeConfig` comes to: the resource of that name, and the queues and topics that it does not name.
  private static func destinations(
    of function: String, _ properties: TemplateNode?, _ intrinsics: Intrinsics
  ) throws(TemplateError) -> [GeneratedResource] {
    guard let node = try intrinsics.chosen("EventInvokeConfig", of: properties) else { return [] }
    let name = function + "EventInvokeConfig"
    var made = [GeneratedResource(logicalID: name, type: "AWS::Lambda::EventInvokeConfig")]
    let destinations = try intrinsics.chosen("DestinationConfig", of: node)
    for key in ["OnSuccess", "OnFailure"] {
      guard let destination = try intrinsics.chosen(key, of: destinations),
        try intrinsics.chosen("Destination", of: destination) == nil
      else { continue }
      let type = try intrinsics.chosen("Type", of: destination).map { node throws(TemplateError) in
        try intrinsics.resolve(node)
      }
      switch type?.text?.plain {
      case "SQS":
        made.append(
          GeneratedResource(
            logicalID: EventTargetResource.queueID(of: function, key), alias: function + ".DestinationQueue"))
      case "SNS":
        made.append(
          GeneratedResource(
            logicalID: name + key + "Topic", type: "AWS::SNS::Topic", alias: function + ".DestinationTopic"))
      default: break
      }
    }
    return made
  }

  private static func stage(
    of api: String, _ properties: TemplateNode?, _ intrinsics: Intrinsics
  ) throws(TemplateError) -> GeneratedResource {
    var name = "ApiGatewayDefault"
    if let node = try intrinsics.chosen("StageName", of: properties),
      let given = try intrinsics.resolve(node).text?.plain, given != "$default"
    {
      name = given
    }
    return GeneratedResource(
      logicalID: "\(api)\(name)Stage", type: "AWS::ApiGatewayV2::Stage", alias: api + ".Stage")
  }
}
