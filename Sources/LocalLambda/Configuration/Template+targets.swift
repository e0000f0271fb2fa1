/// What resources of a template name, by logical id: in a template it may be an ARN, or be left to SAM.
extension Template {
  /// Adds the queues that SAM makes for destinations of `Type: SQS` that name none.
  mutating func addDestinationQueues() {
    for target in functions.flatMap({ $0.eventInvoke?.targets ?? [] }) where target.isGenerated {
      queues.append(
        QueueResource(logicalID: target.logicalID, name: target.logicalID, attributes: [:], line: target.line))
    }
  }

  /// Puts logical ids in place of the ARNs that queues and functions of the template have: what is still an ARN then
  /// is elsewhere.
  mutating func nameTargets() {
    var names: [String: String] = [:]
    for queue in queues { names[account.queueARN(queue.name)] = queue.logicalID }
    for function in functions { names[account.functionARN(function.name)] = function.logicalID }
    for index in queues.indices {
      if let arn = queues[index].redrive?.deadLetterQueue, let name = names[arn] {
        queues[index].redrive?.deadLetterQueue = name
      }
    }
    for index in functions.indices {
      for event in functions[index].queueEvents.indices {
        if let name = names[functions[index].queueEvents[event].queue] {
          functions[index].queueEvents[event].queue = name
        }
      }
      functions[index].deadLetterQueue = functions[index].deadLetterQueue?.named(names)
      if var eventInvoke = functions[index].eventInvoke {
        eventInvoke.onSuccess = eventInvoke.onSuccess?.named(names)
        eventInvoke.onFailure = eventInvoke.onFailure?.named(names)
        functions[index].eventInvoke = eventInvoke
      }
    }
  }

  /// Puts `LogGroupName` in place of the logical ids of log groups.
  mutating func nameLogGroups(_ resources: [TemplateNode.Member], _ context: TemplateContext) {
    for resource in resources where resource.value["Type"]?.scalar == "AWS::Logs::LogGroup" {
      guard let node = resource.value["Properties"]?["LogGroupName"],
        let name = try? context.intrinsics.resolve(node).text?.plain
      else { continue }
      for index in functions.indices where functions[index].logging.group == resource.key {
        functions[index].logging.group = name
      }
    }
  }
}

extension EventTargetResource {
  /// The same target, by its logical id where its ARN has one.
  fileprivate func named(_ names: [String: String]) -> EventTargetResource {
    var target = self
    target.logicalID = names[logicalID] ?? logicalID
    return target
  }
}
