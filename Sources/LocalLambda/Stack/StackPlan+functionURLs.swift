/// Functions that call other functions by their URLs.
extension StackPlan {
  /// Functions, and those whose URLs they call.
  static func withURLTargets(
    _ functions: [FunctionResource], _ template: Template, _ environment: [String: String]
  ) -> [FunctionResource] {
    var all = functions
    var index = 0
    while index < all.count {
      let targets = urlTargets(of: all[index], template, environment)
      all += template.functions.filter { target in
        targets.contains(target.logicalID) && !all.contains { $0.logicalID == target.logicalID }
      }
      index += 1
    }
    return all
  }

  /// Functions so that each comes after those whose URLs it calls.
  static func inURLOrder(
    _ functions: [FunctionResource], _ template: Template, _ environment: [String: String]
  ) throws(StackError) -> [FunctionResource] {
    var rest = functions
    var ordered: [FunctionResource] = []
    while !rest.isEmpty {
      let next = rest.firstIndex { function in
        urlTargets(of: function, template, environment).allSatisfy { target in
          ordered.contains { $0.logicalID == target }
        }
      }
      guard let next else {
        throw StackError(
          TemplateError(
            file: template.path, line: rest[0].line,
            what: "\(rest[0].logicalID) calls a function URL that leads back to itself",
            advice: "CloudFormation refuses such a circle, too: take a variable out"))
      }
      ordered.append(rest.remove(at: next))
    }
    return ordered
  }

  /// The logical ids of the functions whose URLs are in a function's variables.
  private static func urlTargets(
    of function: FunctionResource, _ template: Template, _ environment: [String: String]
  ) -> [String] {
    let named = function.environment.filter { (environment[$0.name] ?? "").isEmpty }.flatMap { variable in
      variable.value.segments.compactMap { segment in
        if case .resource(let name, attribute: "FunctionUrl") = segment { name } else { nil }
      }
    }
    return template.functions.map(\.logicalID).filter { named.contains(FunctionResource.urlID($0)) }
  }
}
