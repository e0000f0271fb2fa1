struct ListQueues: QueueAction {
  let prefix: String
  let scope: QueueScope
  let page: ListPage

  init(_ input: ActionInput) throws(SQSError) {
    prefix = try input.string("QueueNamePrefix") ?? ""
    scope = input.caller
    page = try ListPage(input)
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    Output(page: page.cut(service.queues.keys.filter { $0.scope == scope && $0.name.hasPrefix(prefix) }))
  }

  struct Output: QueueActionOutput {
    let page: ListPage.Content

    func write(to output: inout ActionOutput) {
      output.strings("QueueUrls", xml: "QueueUrl", page.queues.map(output.urls.url(of:)))
      output.string("NextToken", page.nextToken)
    }
  }
}

/// Which part of a list of queues is asked for: in the order of their names, the token standing for the last one before it.
struct ListPage: Sendable {
  struct Content: Sendable {
    let queues: [QueueAddress]
    let nextToken: String?
  }

  let maximum: Int?
  /// The ARN of the last queue before the page.
  let after: String?

  init(_ input: ActionInput) throws(SQSError) {
    maximum = try input.integer(
      "MaxResults", in: SQSLimits.listedQueues, reason: "Must be between 1 and 1000, if provided.")
    after = try input.string("NextToken").map { (token) throws(SQSError) in
      guard let arn = Base64.decode(token).flatMap({ String(validating: $0, as: UTF8.self) }) else {
        throw SQSError(.invalidParameterValue, "Invalid or expired next token.")
      }
      return arn
    }
  }

  /// Without `MaxResults` there are up to 1000 and no token.
  func cut(_ queues: [QueueAddress]) -> Content {
    let sorted = queues.map { (arn: $0.arn, queue: $0) }.sorted { $0.arn < $1.arn }
    let rest = sorted.drop { entry in after.map { entry.arn <= $0 } ?? false }
    let page = rest.prefix(maximum ?? SQSLimits.listedQueues.upperBound)
    let last = maximum != nil && page.count < rest.count ? page.last?.arn : nil
    return Content(queues: page.map(\.queue), nextToken: last.map { Base64.encode($0.utf8) })
  }
}
