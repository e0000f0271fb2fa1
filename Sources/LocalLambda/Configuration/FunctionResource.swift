/// An `AWS::Serverless::Function` of a template.
public struct FunctionResource: Sendable {
  /// One variable of its environment.
  public struct Variable: Sendable {
    /// As the function sees it.
    public var name: String
    /// As the template has it.
    public var value: TemplateText
  }

  /// Its name in the template.
  public var logicalID: String
  /// What it is called here: `Metadata: {LambdaLocal: {Name: …}}`, else `FunctionName`, else the logical id.
  public var name: String
  /// The program's name, where `CodeUri` holds no `bootstrap`.
  public var handler: String
  /// The folder of its program, beside the template.
  public var codeURI: String?
  /// In seconds.
  public var timeout: Int
  /// In megabytes.
  public var memorySize: Int
  /// The most environments at once, if the template limits them.
  public var reservedConcurrency: Int?
  /// Its environment, in order.
  public var environment: [Variable]
  /// The HTTP routes that lead to it.
  public var routes: [HTTPRouteResource]
  /// Its own address, if it has one.
  public var url: FunctionURLConfiguration?
  /// The queues that it works off.
  public var queueEvents: [QueueEventResource]
  /// What becomes of its `Event` calls, if the template says so.
  public var eventInvoke: EventInvokeResource?
  /// The queue for `Event` calls that were given up.
  public var deadLetterQueue: EventTargetResource?
  /// How many invocations an environment works on at once, on managed instances (`CapacityProviderConfig`) only.
  public var environmentConcurrency: Int?
  /// How it logs.
  public var logging: LoggingConfiguration
  /// What SDKs are told of it besides.
  public var details: FunctionDetails
  /// Verbs of its program to run before it serves (`Metadata: {LambdaLocal: {Prepare: [migrate]}}`).
  public var prepare: [String]
  /// The line it starts on.
  public var line: Int
}

extension FunctionResource {
  /// The names of the variables, for a quick look-up.
  public func variable(_ name: String) -> Variable? { environment.first { $0.name == name } }

  /// What SAM calls the resource that is a function's URL.
  static func urlID(_ function: String) -> String { function + "Url" }

  static let runtimes = ["provided.al2023", "provided.al2", "provided"]

  init(_ logicalID: String, _ resource: ResourceNode, globals: TemplateNode?, context: TemplateContext)
    throws(TemplateError)
  {
    self.logicalID = logicalID
    line = resource.line
    var properties = try PropertyReader(
      TemplateNode.merged(globals, resource.properties), path: logicalID, line: resource.line, context: context)
    var (localName, prepare) = try Self.metadata(resource, logicalID, context)
    let functionName = try properties.string("FunctionName")
    localName = localName ?? functionName
    name = localName ?? logicalID
    self.prepare = prepare

    if try properties.string("PackageType") == "Image" {
      throw context.error(
        line, "\(logicalID).PackageType Image is not run locally", "Use PackageType Zip and a custom runtime")
    }
    let runtime = try properties.string("Runtime") ?? ""
    guard Self.runtimes.contains(runtime) else {
      throw context.error(
        line, "\(logicalID).Runtime is \(runtime.isEmpty ? "missing" : runtime); only custom runtimes are run here",
        "Use provided.al2023")
    }
    guard let handler = try properties.string("Handler"), !handler.isEmpty else {
      throw context.error(line, "\(logicalID) has no Handler", "Name the function's program")
    }
    self.handler = handler
    codeURI = try properties.string("CodeUri")
    timeout = try properties.integer("Timeout", in: 1...900) ?? 3
    memorySize = try properties.integer("MemorySize", in: 128...10240) ?? 128
    reservedConcurrency = try properties.integer("ReservedConcurrentExecutions", in: 0...1000)
    environment = try Self.environment(&properties, context)
    url = try FunctionURLConfiguration(&properties)
    (routes, queueEvents) = try FunctionEvents.read(&properties, function: logicalID, context: context)

    eventInvoke = try EventInvokeResource(&properties)
    deadLetterQueue = try EventTargetResource.deadLetterQueue(&properties)
    environmentConcurrency = try Self.environmentConcurrency(&properties)
    logging = try LoggingConfiguration(&properties, isManaged: environmentConcurrency != nil)
    details = try FunctionDetails(&properties, runtime: runtime)

    properties.ignore(
      "Policies", "Role", "RolePath", "PermissionsBoundary", "AssumeRolePolicyDocument", "RuntimeManagementConfig",
      "PropagateTags", "CodeSigningConfigArn", "SourceKMSKeyArn", "RecursiveLoop", "FunctionScalingConfig",
      "VersionDescription", "VersionDeletionPolicy", "PublishToLatestPublished", "AutoPublishCodeSha256",
      "AutoPublishAliasAllProperties")
    properties.warn("Tracing", "no traces are collected locally")
    properties.warn("VpcConfig", "the function runs on this machine's network")
    properties.warn("KmsKeyArn", "variables are not encrypted locally")
    properties.warn("AutoPublishAlias", "only $LATEST exists locally")
    properties.warn("DeploymentPreference", "only $LATEST exists locally")
    properties.warn("ProvisionedConcurrencyConfig", "environments are started on demand")
    properties.warn("SnapStart", "there are no snapshots locally")
    properties.warn("DurableConfig", "executions are not kept locally")
    properties.warn("TenancyConfig", "tenants share the environments locally")
    try properties.refuse("Layers", "are not mounted locally", "Put what the layer holds into the package")
    try properties.refuse("InlineCode", "needs a managed runtime", "Use CodeUri with a custom runtime")
    try properties.refuse("ImageUri", "needs containers", "Use CodeUri with a custom runtime")
    try properties.refuse("ImageConfig", "needs containers", "Use CodeUri with a custom runtime")
    try properties.refuse("FileSystemConfigs", "cannot be mounted locally", "Remove it for local runs")
    try properties.finish()
  }

  private static func environment(_ properties: inout PropertyReader, _ context: TemplateContext)
    throws(TemplateError) -> [Variable]
  {
    guard var environment = try properties.nested("Environment") else { return [] }
    guard var variables = try environment.nested("Variables") else {
      try environment.finish()
      return []
    }
    try environment.finish()
    let line = variables.line
    var read: [Variable] = []
    for member in variables.remaining {
      guard FunctionEnvironment.isName(member.key) else {
        throw context.error(
          member.line, "\(member.key) is no name of a variable", "Use letters, digits and _, and start with a letter")
      }
      if let value = try variables.text(member.key) { read.append(Variable(name: member.key, value: value)) }
    }
    // What names a resource has a length, too, but not here.
    let known = read.map { variable in
      let texts = variable.value.segments.map { if case .text(let text) = $0 { text } else { "" } }
      return (name: variable.name, value: texts.joined())
    }
    if let problem = FunctionEnvironment.sizeProblem(known) {
      throw context.error(line, problem, "Shorten or remove some of them")
    }
    return read
  }

  private static func environmentConcurrency(_ properties: inout PropertyReader) throws(TemplateError) -> Int? {
    guard var provider = try properties.nested("CapacityProviderConfig") else { return nil }
    // CloudFormation has a mapping more around the same settings than SAM.
    if let settings = try provider.nested("LambdaManagedInstancesCapacityProviderConfig") {
      try provider.finish()
      provider = settings
    }
    provider.ignore("Arn", "CapacityProviderArn", "ExecutionEnvironmentMemoryGiBPerVCpu")
    let concurrency = try provider.integer(
      "PerExecutionEnvironmentMaxConcurrency", in: FunctionEnvironment.concurrencies)
    try provider.finish()
    return concurrency ?? FunctionEnvironment.usualConcurrency
  }

  private static func metadata(_ resource: ResourceNode, _ logicalID: String, _ context: TemplateContext)
    throws(TemplateError) -> (name: String?, prepare: [String])
  {
    guard let node = resource.metadata?["LambdaLocal"] else { return (nil, []) }
    var reader = try PropertyReader(
      node, path: "\(logicalID).Metadata.LambdaLocal", line: node.line, context: context)
    let name = try reader.string("Name")
    let prepare = try reader.strings("Prepare") ?? []
    try reader.finish()
    return (name, prepare)
  }
}
