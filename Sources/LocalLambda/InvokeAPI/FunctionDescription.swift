import AWSSignature
import GregorianCalendar
import JSON

/// What SDKs are told about a function, its program's true size, digest and age among it.
struct FunctionDescription: Sendable {
  let function: FunctionConfiguration

  /// GetFunction.
  func whole() -> JSONValue {
    [
      "Configuration": configuration(),
      "Code": ["RepositoryType": "S3", "Location": .string("file://\(function.workingDirectory)")],
      "Tags": tags,
      "Concurrency": ["ReservedConcurrentExecutions": .integer(function.maximumConcurrency)],
    ]
  }

  /// ListTags, without what is around them.
  var tags: JSONValue { Self.object(function.details.tags) }

  /// GetFunctionConfiguration. It blocks while it reads the program.
  func configuration() -> JSONValue {
    let code = FunctionCode.read(function.program)
    var logging: JSONObject = [
      "LogFormat": .string(function.logFormat.rawValue), "LogGroup": .string(function.logGroup),
    ]
    logging["ApplicationLogLevel"] = function.applicationLogLevel.map { .string($0.rawValue) }
    logging["SystemLogLevel"] = function.systemLogLevel.map { .string($0.rawValue) }
    var description: JSONObject = [
      "FunctionName": .string(function.name),
      "FunctionArn": .string(function.arn),
      "Runtime": .string(function.details.runtime),
      "Role": .string("arn:aws:iam::\(function.identity.accountID):role/lambda-local"),
      "Handler": .string(function.handler),
      "CodeSize": .integer(code.size),
      "Description": .string(function.details.description),
      "Timeout": .integer((function.timeout.milliseconds + 999) / 1000),
      "MemorySize": .integer(function.memorySizeMB),
      "LastModified": .string(CivilTime.text(milliseconds: code.lastModified, zone: "+0000")),
      "CodeSha256": .string(Base64.encode(code.sha256)),
      "Version": "$LATEST",
      "TracingConfig": ["Mode": "PassThrough"],
      "State": "Active",
      "LastUpdateStatus": "Successful",
      "PackageType": "Zip",
      "Architectures": [.string(function.details.architecture)],
      "EphemeralStorage": ["Size": .integer(function.details.ephemeralStorageMB)],
      "SnapStart": ["ApplyOn": "None", "OptimizationStatus": "Off"],
      "LoggingConfig": .object(logging),
      "Environment": ["Variables": Self.object(function.environment)],
    ]
    if let target = function.deadLetterTargetARN { description["DeadLetterConfig"] = ["TargetArn": .string(target)] }
    // Another program or another setting is another revision.
    let digest = Digest.sha256(JSONValue.object(description).serializedBytes)
    description["RevisionId"] = .string(RandomID.uuid(Array(digest.prefix(16))))
    return .object(description)
  }

  /// Texts by their names, always in the same order.
  private static func object(_ texts: [String: String]) -> JSONValue {
    .object(JSONObject(texts.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) }))
  }
}
