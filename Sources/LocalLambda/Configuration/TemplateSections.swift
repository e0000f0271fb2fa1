/// The top of a template, taken apart.
struct TemplateSections {
  private let file: String
  private var top: PropertyReader
  let globals: TemplateNode?
  let resources: [TemplateNode.Member]
  let outputs: [TemplateNode.Member]
  private let declaredParameters: [TemplateNode.Member]
  private let conditions: [TemplateNode.Member]
  private let mappings: TemplateNode?
  /// What SAM makes beside `resources`; known with the intrinsics.
  private(set) var generated: [GeneratedResource] = []
  let warnings: [TemplateWarning]

  private static let transform = "AWS::Serverless-2016-10-31"
  /// Resources of these kinds are refused or left out, and what counts for all of them is harmless.
  private static let globalsWithoutEffect: Set<String> = [
    "Api", "CapacityProvider", "LayerVersion", "SimpleTable", "StateMachine", "WebSocketApi",
  ]

  init(_ root: TemplateNode, file: String) throws(TemplateError) {
    self.file = file
    let context = TemplateContext(file: file, intrinsics: Intrinsics(file: file))
    top = try PropertyReader(root, path: "Template", line: root.line, context: context)
    top.ignore("AWSTemplateFormatVersion", "Description", "Metadata", "Rules")
    if let transform = top.node("Transform") {
      var macros = [transform.value]
      if case .list(let items) = transform.value.content { macros = items }
      guard macros.allSatisfy({ $0.scalar == Self.transform }) else {
        throw context.error(
          transform.line, "Transform is not \(Self.transform)", "No other macro is worked out locally")
      }
    }
    globals = top.node("Globals")?.value
    for section in globals?.members ?? [] where !["Function", "HttpApi"].contains(section.key) {
      guard Self.globalsWithoutEffect.contains(section.key) else {
        throw context.error(
          section.line, "Globals.\(section.key) is not supported", "Only Globals.Function and Globals.HttpApi are")
      }
      context.warn(section.line, "Globals.\(section.key) is ignored: no such resource is served locally")
    }
    resources = top.node("Resources")?.value.members ?? []
    outputs = top.node("Outputs")?.value.members ?? []
    declaredParameters = top.node("Parameters")?.value.members ?? []
    conditions = top.node("Conditions")?.value.members ?? []
    mappings = top.node("Mappings")?.value
    try top.finish()
    warnings = context.warnings
    if resources.isEmpty {
      throw context.error(root.line, "the template has no Resources", "Declare at least one function")
    }
  }

  /// What functions are worked out with.
  mutating func intrinsics(parameters given: [String: String], account: AccountIdentity)
    throws(TemplateError) -> Intrinsics
  {
    var intrinsics = Intrinsics(file: file)
    intrinsics.pseudo = [
      "AWS::Region": account.region, "AWS::AccountId": account.accountID, "AWS::Partition": "aws",
      "AWS::URLSuffix": "amazonaws.com", "AWS::StackName": "local",
      "AWS::StackId": "arn:aws:cloudformation:\(account.region):\(account.accountID):stack/local/0",
    ]
    for parameter in declaredParameters {
      guard parameter.value.members != nil else {
        throw TemplateError(
          file: file, line: parameter.line, what: "the parameter \(parameter.key) is not a mapping",
          advice: "Give it a Type and a Default")
      }
      let type = parameter.value["Type"]?.scalar ?? ""
      let isStored = type.hasPrefix("AWS::SSM::Parameter::")
      intrinsics.parameters[parameter.key] = Intrinsics.Parameter(
        value: given[parameter.key] ?? (isStored ? nil : parameter.value["Default"]?.scalarValue),
        isList: type.contains("CommaDelimitedList") || type.contains("List<"))
    }
    for name in given.keys.sorted() where intrinsics.parameters[name] == nil {
      let near = Suggestion.nearest(to: name, in: intrinsics.parameters.keys)
      throw TemplateError(
        file: file, line: nil, what: "there is no parameter \(name)",
        advice: near.map { "Did you mean \($0)?" } ?? "Declare it under Parameters")
    }
    for condition in conditions { intrinsics.conditions[condition.key] = condition.value }
    intrinsics.mappings = mappings
    for resource in resources { intrinsics.resources[resource.key] = resource.key }
    generated = try GeneratedResource.all(beside: resources, globals: globals, intrinsics)
    for resource in generated {
      for name in [resource.logicalID, resource.alias].compactMap(\.self) where intrinsics.resources[name] == nil {
        intrinsics.resources[name] = resource.logicalID
      }
    }
    return intrinsics
  }
}

/// One entry of `Resources`.
struct ResourceNode {
  let type: String
  let line: Int
  let properties: TemplateNode?
  let metadata: TemplateNode?
  let condition: String?

  init(_ member: TemplateNode.Member, context: TemplateContext) throws(TemplateError) {
    line = member.line
    var reader = try PropertyReader(member.value, path: member.key, line: member.line, context: context)
    guard let type = try reader.string("Type") else {
      throw context.error(member.line, "\(member.key) has no Type", "Add one, for example AWS::Serverless::Function")
    }
    self.type = type
    properties = reader.node("Properties")?.value
    metadata = reader.node("Metadata")?.value
    condition = reader.node("Condition")?.value.scalar
    reader.ignore("DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy", "Connectors")
    try reader.finish()
  }
}
