/// Functions that call other functions of the template: by their URLs, or through an HTTP API.
extension StackPlan {
  /// Functions, and those that they call, directly or not.
  static func withCallees(
    _ functions: [FunctionResource], _ template: Template, _ environment: [String: String]
  ) -> [FunctionResource] {
    var all = functions
    var index = 0
    while index < all.count {
      let callees = callees(of: all[index], template, environment)
      all += template.functions.filter { callee in
        callees.contains(callee.logicalID) && !all.contains { $0.logicalID == callee.logicalID }
      }
      index += 1
    }
    return all
  }

  /// Functions so that each comes after those that it calls.
  static func inOrder(
    _ functions: [FunctionResource], _ template: Template, _ environment: [String: String]
  ) throws(StackError) -> [FunctionResource] {
    var rest = functions
    var ordered: [FunctionResource] = []
    while !rest.isEmpty {
      let next = rest.firstIndex { function in
        callees(of: function, template, environment).allSatisfy { callee in
          ordered.contains { $0.logicalID == callee }
        }
      }
      guard let next else {
        throw StackError(
          TemplateError(
            file: template.path, line: rest[0].line,
            what: "\(rest[0].logicalID) calls a function URL or an HttpApi that leads back to itself",
            advice: "CloudFormation refuses such a circle, too: take a variable out"))
      }
      ordered.append(rest.remove(at: next))
    }
    return ordered
  }

  /// The logical ids of the functions that a function calls.
  private static func callees(
    of function: FunctionResource, _ template: Template, _ environment: [String: String]
  ) -> [String] {
    let apis = apisCalled(by: function, template, environment)
    let urls = openVariables(of: function, environment).flatMap { variable in
      variable.value.segments.compactMap { segment in
        if case .resource(let name, attribute: "FunctionUrl") = segment { name } else { nil }
      }
    }
    return template.functions.filter { callee in
      urls.contains(FunctionResource.urlID(callee.logicalID)) || callee.routes.contains { apis.contains($0.api) }
    }.map(\.logicalID)
  }

  /// The logical ids of the HTTP APIs whose addresses are in a function's variables.
  static func apisCalled(
    by function: FunctionResource, _ template: Template, _ environment: [String: String]
  ) -> [String] {
    openVariables(of: function, environment).filter { isAddress($0.value) }.flatMap(\.value.resources)
      .filter { name in template.apis.contains { $0.logicalID == name } }
  }

  /// The variables that the environment leaves to the template.
  private static func openVariables(
    of function: FunctionResource, _ environment: [String: String]
  ) -> [FunctionResource.Variable] {
    function.environment.filter { given($0.name, in: environment) == nil }
  }
}
