internal import FoundationEssentials

/// A SAM template, read: what of it is served locally, and what is not.
///
/// ```swift
/// let template = try Template(path: "template.yaml")
/// template.functions.map(\.name)   // ["backend", "brain"]
/// ```
public struct Template: Sendable {
  /// The file it was read from.
  public var path: String
  /// In the order of the file, like everything here.
  public var functions: [FunctionResource] = []
  /// The queues, dead-letter queues among them.
  public var queues: [QueueResource] = []
  /// The HTTP APIs: those that are declared, and SAM's implicit one when a route is on it. Each has an id of its own.
  public var apis: [HTTPAPIResource] = []
  /// `Outputs`, by name.
  public var outputs: [(name: String, value: TemplateText)] = []
  /// What is left out, harmlessly.
  public var warnings: [TemplateWarning] = []
  /// The account and region of every local ARN.
  public var account: AccountIdentity
  /// Logical ids of resources that exist on AWS only, those that SAM makes among them, with their types.
  public var remoteResources: [String: String] = [:]

  /// Reads a template file.
  public init(path: String, parameters: [String: String] = [:], account: AccountIdentity = AccountIdentity())
    throws(TemplateError)
  {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw TemplateError(
        file: path, line: nil, what: "the template cannot be read",
        advice: "Run this where template.yaml is, or name it with --template")
    }
    try self.init(
      yaml: String(decoding: data, as: UTF8.self), path: path, parameters: parameters, account: account)
  }

  /// Reads a template's text; the path is for messages and for what is relative to it.
  public init(
    yaml: String, path: String, parameters: [String: String] = [:], account: AccountIdentity = AccountIdentity()
  ) throws(TemplateError) {
    self.path = path
    self.account = account
    let root = try TemplateNode(yaml: yaml, file: path)
    var sections = try TemplateSections(root, file: path)
    let context = TemplateContext(
      file: path, intrinsics: try sections.intrinsics(parameters: parameters, account: account))
    for resource in sections.generated { remoteResources[resource.logicalID] = resource.type }
    try readResources(sections.resources, globals: sections.globals, context: context)
    try addImplicitAPI(globals: sections.globals, context: context)
    addDestinationQueues()
    nameTargets()
    nameLogGroups(sections.resources, context)
    for index in apis.indices.dropFirst() { apis[index].configuration.id = "local\(index + 1)" }
    readOutputs(sections.outputs, context: context)
    try check(context)
    warnings = sections.warnings + context.warnings
  }

  private mutating func readResources(
    _ resources: [TemplateNode.Member], globals: TemplateNode?, context: TemplateContext
  ) throws(TemplateError) {
    for member in resources {
      let resource = try ResourceNode(member, context: context)
      if let condition = resource.condition,
        try !context.intrinsics.condition(condition, line: resource.line)
      {
        continue
      }
      switch resource.type {
      case "AWS::Serverless::Function":
        functions.append(
          try FunctionResource(member.key, resource, globals: globals?["Function"], context: context))
      case "AWS::Serverless::HttpApi":
        apis.append(
          try HTTPAPIResource(
            member.key, resource.properties, globals: globals?["HttpApi"], line: resource.line, context: context))
      case "AWS::SQS::Queue":
        queues.append(try QueueResource(member.key, resource, context: context))
      case "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::Url":
        throw context.error(
          resource.line, "\(member.key) is an \(resource.type), which is not served locally",
          "Write it as an AWS::Serverless::Function with Events")
      case let type where type.hasPrefix("AWS::Serverless::"):
        throw context.error(
          resource.line, "\(member.key) is an \(type), which is not served locally",
          "Use AWS::Serverless::Function and AWS::Serverless::HttpApi")
      default:
        remoteResources[member.key] = resource.type
        if !Self.isWithoutConsequence(resource.type) {
          context.warn(resource.line, "\(member.key) is ignored: \(resource.type) is not served locally")
        }
      }
    }
  }

  /// Outputs are for people: one that cannot be worked out keeps nothing from being served.
  private mutating func readOutputs(_ members: [TemplateNode.Member], context: TemplateContext) {
    for member in members {
      guard let value = member.value["Value"] else { continue }
      do throws(TemplateError) {
        if let text = try context.intrinsics.resolve(value).text { outputs.append((member.key, text)) }
      } catch {
        context.warn(error.line ?? member.line, "Outputs.\(member.key) is left out: \(error.what)")
      }
    }
  }

  /// Routes that name no API are on one that SAM makes.
  private mutating func addImplicitAPI(globals: TemplateNode?, context: TemplateContext) throws(TemplateError) {
    guard let route = functions.flatMap(\.routes).first(where: { $0.api == HTTPAPIResource.implicit }),
      !apis.contains(where: { $0.logicalID == HTTPAPIResource.implicit })
    else { return }
    apis.append(
      try HTTPAPIResource(
        HTTPAPIResource.implicit, nil, globals: globals?["HttpApi"], line: route.line, context: context))
  }

  /// Types that only make sense on AWS, and are missed by nobody on one machine.
  private static func isWithoutConsequence(_ type: String) -> Bool {
    ["AWS::IAM::", "AWS::Logs::", "AWS::CloudWatch::", "AWS::SQS::QueuePolicy", "AWS::Lambda::Permission"]
      .contains { type.hasPrefix($0) }
  }
}
