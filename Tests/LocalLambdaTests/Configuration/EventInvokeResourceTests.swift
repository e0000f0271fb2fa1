import Testing

@testable import LocalLambda

@Suite struct EventInvokeResourceTests {
  private static func template(_ properties: String) -> String {
    """
    Resources:
      One:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: provided.al2023
          Handler: one
          \(properties)
      Two:
        Type: AWS::Serverless::Function
        Properties: {Runtime: provided.al2023, Handler: two}
      Queue:
        Type: AWS::SQS::Queue
        Properties: {QueueName: records}
      Ordered:
        Type: AWS::SQS::Queue
        Properties: {FifoQueue: true}
      Topic:
        Type: AWS::SNS::Topic
    """
  }

  @Test func readsWhatBecomesOfEventCalls() throws {
    let template = try Template(
      yaml: Self.template(
        """
        DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Queue.Arn}
              EventInvokeConfig:
                MaximumRetryAttempts: 1
                MaximumEventAgeInSeconds: 600
                DestinationConfig:
                  OnSuccess: {Type: Lambda, Destination: !GetAtt Two.Arn}
                  OnFailure: {Type: SQS, Destination: !GetAtt Queue.Arn}
        """), path: "t.yaml")
    let function = try #require(template.function("One"))
    #expect(function.deadLetterQueue?.logicalID == "Queue")
    let plan = try StackPlan(StackConfiguration(template: template, environment: [:], programDirectory: "/"))
    #expect(
      function.eventInvoke.map(plan.eventInvoke)
        == EventInvokeConfiguration(
          maximumRetryAttempts: 1, maximumEventAge: 600,
          onSuccess: "arn:aws:lambda:us-east-1:000000000000:function:Two",
          onFailure: "arn:aws:sqs:us-east-1:000000000000:records"))
    #expect(template.warnings.allSatisfy { $0.what.contains("Topic") })
  }

  @Test func theARNOfAResourceHereIsThatResource() throws {
    let template = try Template(
      yaml: Self.template(
        """
        DeadLetterQueue: {Type: SQS, TargetArn: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:records"}
              EventInvokeConfig:
                DestinationConfig:
                  OnSuccess: {Type: Lambda, Destination: "arn:aws:lambda:us-east-1:000000000000:function:Two"}
                  OnFailure: {Type: SQS, Destination: !Sub "arn:aws:sqs:us-east-1:${AWS::AccountId}:records"}
        """), path: "t.yaml")
    let function = try #require(template.function("One"))
    #expect(function.deadLetterQueue?.logicalID == "Queue")
    #expect(function.eventInvoke?.onSuccess?.logicalID == "Two")
    #expect(function.eventInvoke?.onFailure?.logicalID == "Queue")
  }

  @Test func aDestinationThatNamesNoQueueHasOneOfItsOwn() throws {
    let template = try Template(
      yaml: Self.template("EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}"), path: "t.yaml")
    let function = try #require(template.function("One"))
    let plan = try StackPlan(StackConfiguration(template: template, environment: [:], programDirectory: "/"))
    let name = "OneEventInvokeConfigOnFailureQueue"
    #expect(
      function.eventInvoke.map(plan.eventInvoke)
        == EventInvokeConfiguration(onFailure: "arn:aws:sqs:us-east-1:000000000000:\(name)"))
    #expect(plan.queuesInOrder.map(\.name).contains(name))
  }

  @Test func whatIsNotServedHereIsToldAndLeftOut() throws {
    let template = try Template(
      yaml: Self.template("DeadLetterQueue: {Type: SNS, TargetArn: !Ref Topic}"), path: "t.yaml")
    #expect(template.function("One")?.deadLetterQueue == nil)
    #expect(template.warnings.contains { $0.what.contains("DeadLetterQueue") && $0.line == 7 })
  }

  @Test(arguments: [
    ("EventInvokeConfig: {MaximumRetryAttempts: 3}", "MaximumRetryAttempts must be a whole number from 0 to 2"),
    ("EventInvokeConfig: {MaximumEventAgeInSeconds: 5}", "from 60 to 21600"),
    ("EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: Lambda}}}", "is not a resource of this template"),
    ("DeadLetterQueue: {Type: SQS, TargetArn: 'arn:aws:sqs:us-east-1:000000000000:far'}", "cannot be told of calls"),
    ("EventInvokeConfig: {DestinationConfig: {OnSuccess: {Destination: !GetAtt One.Arn}}}", "cannot be told of calls"),
    ("DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Two.Arn}", "cannot be told of calls"),
    ("DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Ordered.Arn}", "is a FIFO queue"),
    ("DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Queue.Arn, More: 1}", "More is not supported"),
  ])
  func mistakesAreTold(properties: String, what: String) {
    #expect {
      try Template(yaml: Self.template(properties), path: "t.yaml")
    } throws: { error in
      "\(error)".contains(what)
    }
  }
}
