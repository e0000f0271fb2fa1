extension Template {
  /// What only shows when all resources are known: that names lead somewhere, and that the numbers fit each other.
  func check(_ context: TemplateContext) throws(TemplateError) {
    try checkNames(context)
    for queue in queues {
      guard let redrive = queue.redrive else { continue }
      guard let target = self.queue(redrive.deadLetterQueue) else {
        throw context.error(
          queue.line, "\(queue.logicalID) sends dead letters to \(redrive.deadLetterQueue), which is not a queue here",
          "Declare it as an AWS::SQS::Queue")
      }
      if target.isFIFO != queue.isFIFO {
        throw context.error(
          queue.line, "\(queue.logicalID) and its dead-letter queue \(target.logicalID) are not both FIFO",
          "Make both of them FIFO, or neither")
      }
    }
    for function in functions {
      for event in function.queueEvents { try check(event, of: function, context) }
      try checkEventTargets(of: function, context)
      for route in function.routes {
        if !apis.contains(where: { $0.logicalID == route.api }) {
          throw context.error(
            route.line, "\(function.logicalID) has a route of \(route.api), which is not an HttpApi here",
            "Declare it as an AWS::Serverless::HttpApi")
        }
      }
    }
    try checkRoutes(context)
  }

  private func checkNames(_ context: TemplateContext) throws(TemplateError) {
    var seen: [String: String] = [:]
    for function in functions {
      if let other = seen.updateValue(function.logicalID, forKey: function.name) {
        throw context.error(
          function.line, "\(other) and \(function.logicalID) are both called \(function.name)", "Rename one of them")
      }
    }
    seen = [:]
    for queue in queues {
      if let other = seen.updateValue(queue.logicalID, forKey: queue.name) {
        throw context.error(
          queue.line, "\(other) and \(queue.logicalID) are both called \(queue.name)", "Rename one of them")
      }
    }
  }

  private func check(_ event: QueueEventResource, of function: FunctionResource, _ context: TemplateContext)
    throws(TemplateError)
  {
    if event.isElsewhere { return }
    guard let queue = queue(event.queue) else {
      throw context.error(
        event.line, "\(function.logicalID) works off \(event.queue), which is not a queue here",
        "Declare it as an AWS::SQS::Queue")
    }
    if queue.isFIFO, event.batchSize > 10 || event.maximumBatchingWindow > 0 {
      throw context.error(
        event.line, "\(queue.logicalID) is FIFO: its batches hold at most 10 and have no batching window",
        "Correct BatchSize and MaximumBatchingWindowInSeconds")
    }
    if queue.visibilityTimeout < function.timeout {
      throw context.error(
        queue.line,
        "\(queue.logicalID).VisibilityTimeout (\(queue.visibilityTimeout)) is below \(function.logicalID)'s Timeout "
          + "(\(function.timeout)): messages would come back while they are worked on",
        "Set it to \(6 * function.timeout), six times the time-out")
    }
    if queue.visibilityTimeout < 6 * function.timeout {
      context.warn(
        queue.line,
        "\(queue.logicalID).VisibilityTimeout is \(queue.visibilityTimeout); AWS advises six times the function's "
          + "time-out, \(6 * function.timeout)")
    }
  }

  private func checkEventTargets(of function: FunctionResource, _ context: TemplateContext) throws(TemplateError) {
    let destinations = function.eventInvoke?.targets ?? []
    for target in destinations + [function.deadLetterQueue].compactMap(\.self) {
      if let queue = queue(target.logicalID) {
        guard queue.isFIFO else { continue }
        throw context.error(target.line, "\(target.property) is a FIFO queue", "Use a standard queue")
      }
      let isFunction = functions.contains { $0.logicalID == target.logicalID && $0.logicalID != function.logicalID }
      guard isFunction, target != function.deadLetterQueue else {
        throw context.error(
          target.line, "\(target.property) is \(target.logicalID), which cannot be told of calls",
          "Name an AWS::SQS::Queue of this template\(target == function.deadLetterQueue ? "" : ", or another function")"
        )
      }
    }
  }

  private func checkRoutes(_ context: TemplateContext) throws(TemplateError) {
    for api in apis {
      var seen: [String: String] = [:]
      for function in functions {
        for route in function.routes where route.api == api.logicalID {
          if let other = seen.updateValue(function.logicalID, forKey: route.routeKey) {
            throw context.error(
              route.line,
              "the route \(route.routeKey) of \(api.logicalID) leads to \(other) and to \(function.logicalID)",
              "Keep one of them")
          }
        }
      }
      if seen.isEmpty {
        context.warn(
          api.line, "\(api.logicalID) is not served: no event names it with ApiId: !Ref \(api.logicalID)")
      }
    }
  }

  /// A queue by its logical id.
  public func queue(_ logicalID: String) -> QueueResource? { queues.first { $0.logicalID == logicalID } }

  /// A function by its local name, its logical id, or either in another case when that is unambiguous.
  public func function(_ name: String) -> FunctionResource? {
    if let exact = functions.first(where: { $0.name == name || $0.logicalID == name }) { return exact }
    let loose = functions.filter {
      $0.name.lowercased() == name.lowercased() || $0.logicalID.lowercased() == name.lowercased()
    }
    return loose.count == 1 ? loose[0] : nil
  }
}
