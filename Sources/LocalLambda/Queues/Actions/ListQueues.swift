struct ListQueues: QueueAction {
  let prefix: String
  let page: ListPage

  init(_ input: ActionInput) throws(SQSError) {
    prefix = try input.string("QueueNamePrefix") ?? ""
    page = try ListPage(input)
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    Output(page: page.cut(service.queues.keys.filter { $0.hasPrefix(prefix) }))
  }

  struct Output: QueueActionOutput {
    let page: ListPage.Content

    func write(to output: inout ActionOutput) {
      output.strings("QueueUrls", xml: "QueueUrl", page.names.map(output.url(ofQueue:)))
      output.string("NextToken", page.nextToken)
    }
  }
}

/// Which part of a list of queues is asked for: in the order of their names, the token being the last name before it.
struct ListPage: Sendable {
  struct Content: Sendable {
    let names: [String]
    let nextToken: String?
  }

  let maximum: Int?
  let token: String?

  init(_ input: ActionInput) throws(SQSError) {
    maximum = try input.integer(
      "MaxResults", in: SQSLimits.listedQueues, reason: "Must be between 1 and 1000, if provided.")
    token = try input.string("NextToken")
  }

  /// Without `MaxResults` there are up to 1000 and no token.
  func cut(_ names: [String]) -> Content {
    let rest = names.sorted().drop { name in token.map { name <= $0 } ?? false }
    let page = Array(rest.prefix(maximum ?? SQSLimits.listedQueues.upperBound))
    return Content(names: page, nextToken: maximum != nil && page.count < rest.count ? page.last : nil)
  }
}
