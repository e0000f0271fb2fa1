import FoundationEssentials
import JSON
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(2))) struct StackTests {
  static let yaml = """
    Resources:
      Echo:
        Type: AWS::Serverless::Function
        Metadata: {LambdaLocal: {Name: echo}}
        Properties:
          Runtime: provided.al2023
          Handler: echo-function
          Timeout: 20
          Environment: {Variables: {QUEUE: !Ref Tasks}}
          Events:
            Any: {Type: HttpApi}
            Work: {Type: SQS, Properties: {Queue: !GetAtt Tasks.Arn}}
      Tasks:
        Type: AWS::SQS::Queue
        Properties:
          VisibilityTimeout: 120
          RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2}
      Dead: {Type: AWS::SQS::Queue}
    """

  private func configuration(_ yaml: String = yaml) throws -> StackConfiguration {
    StackConfiguration(
      template: try Template(yaml: yaml, path: "/nowhere/t.yaml"), environment: [:],
      programDirectory: BuiltProducts.folder)
  }

  @Test func servesHTTPAndInvocationsAndStops() async throws {
    let lines = Lines()
    try await Stack.run(try configuration(), report: { lines.add("\($0)") }) { stack in
      let http = try OneShotClient(url: try #require(stack.gatewayURL))
      let event = try JSONValue(parsing: try await http.send("GET", "/some/path?q=1").body)
      #expect(event["rawPath"] == "/some/path")

      let result = try #require(await stack.invoke("echo", Array(#"{"mode":"environment"}"#.utf8)))
      guard case .success(let payload, _) = result.outcome else { throw Missing(what: "\(result.outcome)") }
      let environment = try JSONValue(parsing: Array(payload.readableBytesView))
      let queue = try #require(stack.sqsURL) + "/000000000000/Tasks"
      #expect(environment["QUEUE"]?.stringValue == queue)
      #expect(environment["AWS_LAMBDA_FUNCTION_NAME"] == "echo")
      #expect(await stack.invoke("nobody", []) == nil)
      #expect(stack.databaseURL == nil && stack.modelURL == nil)
      lines.add(stack.lambdaURL)
    }
    let url = try #require(lines.all.last)
    await #expect(throws: OneShotError.self) { try await OneShotClient(url: url).send("GET", "/") }
  }

  @Test func outputsHaveTheAddressesOfThisStack() async throws {
    let yaml =
      Self.yaml + """

        Outputs:
          Address: {Value: !Sub "https://${ServerlessHttpApi}.execute-api.${AWS::Region}.amazonaws.com/a"}
          Role: {Value: !GetAtt EchoRole.Arn}
          Queue: {Value: !Ref Tasks}
          Function: {Value: !GetAtt Echo.Arn}
        """
    try await Stack.run(try configuration(yaml)) { stack in
      let (gateway, sqs) = (try #require(stack.gatewayURL), try #require(stack.sqsURL))
      #expect(
        stack.outputs.map { "\($0.name): \($0.value)" } == [
          "Address: \(gateway)/a", "Queue: \(sqs)/000000000000/Tasks",
          "Function: arn:aws:lambda:us-east-1:000000000000:function:echo",
        ], "the role is AWS's")
    }
  }

  @Test(arguments: ["!GetAtt Tasks.Arn", "!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:Tasks'"])
  func aQueueDrivesAFunction(queue: String) async throws {
    let yaml = Self.yaml.replacing("!GetAtt Tasks.Arn", with: queue)
    try await Stack.run(try configuration(yaml)) { stack in
      let sqs = try OneShotClient(url: try #require(stack.sqsURL))
      let body = #"{"QueueUrl":"Tasks","MessageBody":"hello"}"#
      let response = try await sqs.send(
        "POST", "/",
        headers: [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.SendMessage")],
        body: Array(body.utf8))
      #expect(response.status == 200)
      // Only a function that has succeeded makes a message go away.
      var left = 1
      while left > 0 {
        let peeked = try await sqs.send("GET", "/_lambda-local/queues/Tasks/messages")
        left = try JSONValue(parsing: peeked.body)["messages"]?.arrayValue?.count ?? 1
        try await Task.sleep(for: .milliseconds(20))
      }
      let dead = try await sqs.send("GET", "/_lambda-local/queues/Dead/messages")
      #expect(try JSONValue(parsing: dead.body)["messages"] == [])
    }
  }

  @Test func aQueueOfTheEnvironmentDrivesTheFunctionInPlaceOfTheLocalOne() async throws {
    let queues = [QueueConfiguration(name: "elsewhere", attributes: ["VisibilityTimeout": "120"])]
    try await LocalQueues.run(port: 0, declaring: queues) { other in
      var configuration = try configuration(Self.yaml + "\nOutputs: {Queue: {Value: !Ref Tasks}}")
      configuration.environment = ["QUEUE": other.url + "/000000000000/elsewhere"]
      try await Stack.run(configuration) { stack in
        #expect(stack.outputs.map(\.value) == [other.url + "/000000000000/elsewhere"])
        let sqs = try OneShotClient(url: other.url)
        let sent = try await sqs.send(
          "POST", "/",
          headers: [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.SendMessage")],
          body: Array(#"{"QueueUrl":"elsewhere","MessageBody":"hello"}"#.utf8))
        #expect(sent.status == 200)
        var left = 1
        while left > 0 {
          let peeked = try await sqs.send("GET", "/_lambda-local/queues/elsewhere/messages")
          left = try JSONValue(parsing: peeked.body)["messages"]?.arrayValue?.count ?? 1
          try await Task.sleep(for: .milliseconds(20))
        }
      }
    }
  }

  /// The queues there have the region and the account that the local ones have.
  @Test(arguments: ["elsewhere", "further"])
  func aMappingMadeOverTheAPIPollsTheQueuesOfTheEnvironment(name: String) async throws {
    let queues = ["elsewhere", "further"].map {
      QueueConfiguration(name: $0, attributes: ["VisibilityTimeout": "120"])
    }
    try await LocalQueues.run(port: 0, declaring: queues) { other in
      var configuration = try configuration()
      configuration.environment = [
        "QUEUE": other.url + "/000000000000/elsewhere", "AWS_ENDPOINT_URL_SQS": other.url,
        "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
      ]
      try await Stack.run(configuration) { stack in
        let lambda = try OneShotClient(url: stack.lambdaURL)
        let path = "/2015-03-31/event-source-mappings"
        func mapping(_ path: String) async throws -> JSONValue {
          try JSONValue(parsing: try await lambda.send("GET", path).body)
        }
        let old = try #require(try await mapping(path)["EventSourceMappings"]?.arrayValue?.first)
        let uuid = try #require(old["UUID"]?.stringValue)
        #expect(old["EventSourceArn"] == "arn:aws:sqs:us-east-1:000000000000:elsewhere")
        #expect(try await lambda.send("DELETE", "\(path)/\(uuid)").status == 202)
        #expect(try await eventually { try await lambda.send("GET", "\(path)/\(uuid)").status == 404 })

        let request: JSONValue = [
          "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:\(name)", "FunctionName": old["FunctionArn"] ?? "",
        ]
        let made = try await lambda.send("POST", path, body: request.serializedBytes)
        #expect(made.status == 202, "\(made.text)")
        let sqs = try OneShotClient(url: other.url)
        let sent = try await sqs.send(
          "POST", "/",
          headers: [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.SendMessage")],
          body: Array(#"{"QueueUrl":"\#(name)","MessageBody":"hello"}"#.utf8))
        #expect(sent.status == 200)
        #expect(
          try await eventually {
            let peeked = try await sqs.send("GET", "/_lambda-local/queues/\(name)/messages")
            return try JSONValue(parsing: peeked.body)["messages"] == []
          })
      }
    }
  }

  @Test func theBodysErrorComesThroughAndEverythingIsStopped() async throws {
    let lines = Lines()
    await #expect(throws: Missing.self) {
      try await Stack.run(try configuration()) { stack in
        lines.add(stack.lambdaURL)
        throw Missing(what: "on purpose")
      }
    }
    let url = try #require(lines.all.first)
    await #expect(throws: OneShotError.self) { try await OneShotClient(url: url).send("GET", "/") }
  }

  @Test func aTakenPortIsNamedWithWhatToChange() async throws {
    let standIn = try await LanguageModelStandIn.start()
    var configuration = try configuration()
    configuration.httpPort = standIn.port
    let taken = configuration
    let error = await #expect(throws: StackError.self) { try await Stack.run(taken) { _ in } }
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("\(standIn.port)") == true && error?.message.contains("--http-port") == true)
    await standIn.shutdown()
  }

  /// The model stand-in is the first to listen; `203.0.113.1` is nobody's address (RFC 5737).
  @Test func anAddressThatIsNotThisMachinesIsNamed() async throws {
    var configuration = try configuration(
      Self.yaml.replacing("{QUEUE: !Ref Tasks}", with: #"{QUEUE: !Ref Tasks, LLM_BASE_URL: ""}"#))
    configuration.host = "203.0.113.1"
    configuration.sqsPort = 0
    let elsewhere = configuration
    let error = await #expect(throws: StackError.self) { try await Stack.run(elsewhere) { _ in } }
    #expect(error?.kind == .unavailable)
    #expect(error?.message.contains("203.0.113.1 is no address of this machine") == true)
  }

  @Test func aFolderServesOneStackAtATime() async throws {
    let folder = "/tmp/stack-test-\(RandomID.uuid())"
    var configuration = try configuration()
    configuration.state = .directory(folder)
    let both = configuration
    try await Stack.run(both) { _ in
      let error = await #expect(throws: StackError.self) { try await Stack.run(both) { _ in } }
      #expect(error?.message.contains("in use by another lambda-local") == true)
    }
    try await Stack.run(both) { _ in }
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func mappingsOfTheAPIAreKeptInTheStateFolder() async throws {
    let folder = "/tmp/stack-test-\(RandomID.uuid())"
    var first = try configuration()
    first.state = .directory(folder)
    let path = "/2015-03-31/event-source-mappings"
    try await Stack.run(first) { stack in
      let made = try await OneShotClient(url: stack.lambdaURL).send(
        "POST", path, headers: [("content-type", "application/json")],
        body: Array(#"{"EventSourceArn":"arn:aws:sqs:us-east-1:000000000000:Dead","FunctionName":"echo"}"#.utf8))
      #expect(made.status == 202)
    }
    try await Stack.run(first) { stack in
      let listed = try await OneShotClient(url: stack.lambdaURL).send("GET", path)
      let mappings = try JSONValue(parsing: listed.body)["EventSourceMappings"]?.arrayValue ?? []
      #expect(
        mappings.compactMap { $0["EventSourceArn"]?.stringValue?.split(separator: ":").last }.sorted()
          == ["Dead", "Tasks"])
    }
    try Data("[".utf8).write(to: URL(filePath: folder + "/event-source-mappings.json"))
    let error = await #expect(throws: StackError.self) { try await Stack.run(first) { _ in } }
    #expect(error?.kind == .configuration)
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func aMissingProgramIsNamed() async throws {
    let configuration = try configuration(Self.yaml.replacing("echo-function", with: "no-such-program"))
    let error = await #expect(throws: StackError.self) { try await Stack.run(configuration) { _ in } }
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains("/no-such-program") == true, "\(error?.message ?? "")")
  }

  struct Missing: Error { var what: String }
}

/// What tasks have said.
private final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}
