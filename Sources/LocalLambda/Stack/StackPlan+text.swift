/// What the template's texts come to, once the local services have addresses.
extension StackPlan {
  /// A text names what is not served here.
  struct UnknownHere: Error {
    /// To follow the name of what has the text.
    var why: String
  }

  /// The template's outputs, without those that only AWS could tell. The URL of a queue is that of the environment's, if
  /// it names one in its place.
  func outputs(_ endpoints: Endpoints) -> [(name: String, value: String)] {
    template.outputs.compactMap { output in
      let queue = template.queues.first { output.value.segments == [.resource($0.logicalID, attribute: nil)] }
      let given = queue.flatMap { replacement(of: $0.logicalID) }
      return (given ?? (try? text(output.value, endpoints))).map { (output.name, $0) }
    }
  }

  /// A text of the template. The address of an API is the local one, in whichever of its two forms it is written.
  func text(_ text: TemplateText, _ endpoints: Endpoints) throws(UnknownHere) -> String {
    if Self.isAddress(text), let gateway = text.resources.compactMap({ endpoints.gateways[$0] }).first {
      return gateway + Self.path(behind: text)
    }
    var result = ""
    for segment in text.segments {
      switch segment {
      case .text(let part): result += part
      case .unknown(let why): throw UnknownHere(why: "is not known here: \(why)")
      case .resource(let name, let attribute):
        guard let value = address(of: name, attribute, endpoints) else {
          throw UnknownHere(
            why: template.remoteResources[name].map { "leads to \(name), an \($0), which is not served locally" }
              ?? "is not known here: \(name) has no \(attribute ?? "address")")
        }
        result += value
      }
    }
    return result
  }

  /// What a reference to a local resource comes to.
  private func address(of name: String, _ attribute: String?, _ endpoints: Endpoints) -> String? {
    if let queue = template.queue(name) {
      switch attribute {
      case nil, "QueueUrl": return endpoints.sqs.map { "\($0)/\(template.account.accountID)/\(queue.name)" }
      case "Arn": return template.account.queueARN(queue.name)
      case "QueueName": return queue.name
      default: return nil
      }
    }
    if let function = template.functions.first(where: { $0.logicalID == name }) {
      switch attribute {
      case nil: return function.name
      case "Arn": return template.account.functionARN(function.name)
      default: return nil
      }
    }
    if let function = template.functions.first(where: { $0.url != nil && FunctionResource.urlID($0.logicalID) == name })
    {
      switch attribute {
      case nil, "FunctionArn": return template.account.functionARN(function.name)
      case "FunctionUrl": return endpoints.functionURLs[function.logicalID]
      default: return nil
      }
    }
    if let api = template.apis.first(where: { $0.logicalID == name }) {
      switch attribute {
      case nil, "ApiId": return api.configuration.id
      case "ApiEndpoint": return endpoints.gateways[name]
      default: return nil
      }
    }
    return nil
  }

  /// `https://${Api}.execute-api.…` or `!GetAtt Api.ApiEndpoint`.
  static func isAddress(_ text: TemplateText) -> Bool {
    text.segments.contains { segment in
      switch segment {
      case .text(let part): part.firstRange(ofText: "execute-api") != nil
      case .resource(_, let attribute): attribute == "ApiEndpoint"
      case .unknown: false
      }
    }
  }

  /// What stands behind the gateway's address: a stage, a path.
  private static func path(behind text: TemplateText) -> String {
    guard case .text(let last) = text.segments.last else { return "" }
    let rest = last.firstRange(ofText: "://").map { last[$0.upperBound...] } ?? last[...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
  }
}
