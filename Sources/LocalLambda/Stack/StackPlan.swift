/// What a stack is going to start, worked out from template and environment before anything is started.
struct StackPlan: Sendable {
  /// Where the local services are; nil for those that are not started.
  struct Endpoints: Sendable {
    var databaseURL: String?
    /// The queue server.
    var sqs: String?
    var model: String?
    /// The HTTP APIs, by their logical ids.
    var gateways: [String: String] = [:]
    /// By the functions' logical ids, with a slash at the end, as on AWS.
    var functionURLs: [String: String] = [:]
  }

  let template: Template
  let environment: [String: String]
  /// In the order they have to be made: whoever calls others comes after them.
  let functions: [FunctionResource]
  let needsDatabase: Bool
  let needsQueues: Bool
  let needsModel: Bool
  /// The HTTP APIs that something is behind, in the template's order.
  let apis: [HTTPAPIResource]

  init(_ configuration: StackConfiguration) throws(StackError) {
    let template = configuration.template
    let environment = configuration.environment
    self.template = template
    self.environment = environment
    var wanted: [FunctionResource] = template.functions
    if let name = configuration.onlyFunction {
      guard let function = template.function(name) else {
        let names = template.functions.map(\.name)
        let near = Suggestion.nearest(to: name, in: names).map { "Did you mean \($0)?" }
        throw StackError(
          .configuration,
          "\(template.path) has no function \(name). \(near ?? "It has \(names.joined(separator: ", ")).")")
      }
      wanted = [function]
    }
    let functions = try Self.inOrder(
      Self.withCallees(wanted, template, environment), template, environment)
    self.functions = functions
    let serves = configuration.onlyFunction == nil
    apis = template.apis.filter { api in functions.contains { $0.routes.contains { $0.api == api.logicalID } } }
    needsDatabase = functions.contains { Self.lacks("DATABASE_URL", $0, environment) }
    var needsModel = false
    for function in functions where try Self.usesStandIn(function, template, environment) { needsModel = true }
    self.needsModel = needsModel
    needsQueues =
      (serves && !template.queues.isEmpty)
      || functions.contains { !Self.localQueues($0, template, environment).isEmpty }
  }

  /// The URL of somebody else's queue that the environment names in place of one of the template's.
  func replacement(of queue: String) -> String? {
    for function in functions {
      for variable in function.environment where variable.value.resources == [queue] {
        if let url = Self.given(variable.name, in: environment) { return url }
      }
    }
    return nil
  }

  /// Where somebody else's queues are, as SDKs read it.
  var givenEndpoint: String? {
    [environment["AWS_ENDPOINT_URL_SQS"], environment["AWS_ENDPOINT_URL"]].compactMap(\.self).first { !$0.isEmpty }
  }

  /// A function's variables, now that the local services have addresses.
  func variables(of function: FunctionResource, _ endpoints: Endpoints) throws(StackError) -> [String: String] {
    var variables: [String: String] = [:]
    for variable in function.environment {
      if let given = Self.given(variable.name, in: environment) {
        variables[variable.name] = given
        continue
      }
      do throws(UnknownHere) {
        variables[variable.name] = try text(variable.value, endpoints)
      } catch {
        throw StackError(
          TemplateError(
            file: template.path, line: variable.value.line, what: "\(function.logicalID).\(variable.name) \(error.why)",
            advice: "Set \(variable.name) in the environment, or give it a value in the template"))
      }
    }
    if let concurrency = function.environmentConcurrency {
      variables["AWS_LAMBDA_MAX_CONCURRENCY"] = String(concurrency)
    }
    if Self.lacks("DATABASE_URL", function, environment) { variables["DATABASE_URL"] = endpoints.databaseURL }
    if let model = endpoints.model, try Self.usesStandIn(function, template, environment) {
      variables["LLM_BASE_URL"] = model
      if Self.lacks("LLM_MODEL", function, environment) { variables["LLM_MODEL"] = LanguageModelStandIn.model }
    }
    // Where SQS is, is said as to any SDK; the template need not declare it.
    if Self.localQueues(function, template, environment).isEmpty {
      if let given = givenEndpoint { variables["AWS_ENDPOINT_URL_SQS"] = given }
    } else {
      variables["AWS_ENDPOINT_URL_SQS"] = endpoints.sqs
    }
    return variables
  }

  /// Whether the function has this variable, and neither environment nor template gives it a value.
  private static func lacks(_ name: String, _ function: FunctionResource, _ environment: [String: String]) -> Bool {
    guard let variable = function.variable(name) else { return false }
    return given(name, in: environment) == nil && variable.value.plain == ""
  }

  /// The queues of the template that the function's variables lead to.
  private static func localQueues(_ function: FunctionResource, _ template: Template, _ environment: [String: String])
    -> [String]
  {
    function.environment.flatMap { variable in
      given(variable.name, in: environment) == nil
        ? variable.value.resources.filter { template.queue($0) != nil } : []
    }
  }

  /// Whether the stand-in answers for the function's model.
  private static func usesStandIn(
    _ function: FunctionResource, _ template: Template, _ environment: [String: String]
  ) throws(StackError) -> Bool {
    guard let variable = function.variable("LLM_BASE_URL"), lacks("LLM_BASE_URL", function, environment) else {
      return false
    }
    let named = environment["LLM_PROVIDER"] ?? ""
    let provider = named.isEmpty ? function.variable("LLM_PROVIDER")?.value.plain ?? "" : named
    if provider.isEmpty || provider == "openai" { return true }
    // Another provider has an address of its own, and wants a key; without one there is nobody to ask.
    guard lacks("LLM_API_KEY", function, environment) else { return false }
    throw StackError(
      TemplateError(
        file: template.path, line: variable.value.line,
        what: "LLM_PROVIDER is \(provider), which the stand-in does not speak, and LLM_API_KEY is not set",
        advice: "Set LLM_API_KEY or LLM_BASE_URL, or leave LLM_PROVIDER at openai for the stand-in"))
  }
}
