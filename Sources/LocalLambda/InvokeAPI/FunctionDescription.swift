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
      "Tags": [:],
      "Concurrency": ["ReservedConcurrentExecutions": .integer(function.maximumConcurrency)],
    ]
  }

  /// GetFunctionConfiguration. It blocks while it reads the program.
  func configuration() -> JSONValue {
    let code = FunctionCode.read(function.program)
    let variables = function.environment.sorted { $0.key < $1.key }
    var description: JSONObject = [
      "FunctionName": .string(function.name),
      "FunctionArn": .string(function.arn),
      "Runtime": "provided.al2023",
      "Role": .string("arn:aws:iam::\(function.identity.accountID):role/lambda-local"),
      "Handler": .string(function.handler),
      "CodeSize": .integer(code.size),
      "Description": "",
      "Timeout": .integer((function.timeout.milliseconds + 999) / 1000),
      "MemorySize": .integer(function.memorySizeMB),
      "LastModified": .string(CivilTime.text(milliseconds: code.lastModified, zone: "+0000")),
      "CodeSha256": .string(Base64.encode(code.sha256)),
      "Version": "$LATEST",
      "TracingConfig": ["Mode": "PassThrough"],
      "State": "Active",
      "LastUpdateStatus": "Successful",
      "PackageType": "Zip",
      "Architectures": [.string(Self.architecture)],
      "EphemeralStorage": ["Size": 512],
      "SnapStart": ["ApplyOn": "None", "OptimizationStatus": "Off"],
      "LoggingConfig": ["LogFormat": "Text", "LogGroup": .string("/aws/lambda/\(function.name)")],
      "Environment": [
        "Variables": .object(JSONObject(variables.map { .init(name: $0.key, value: .string($0.value)) }))
      ],
    ]
    if let target = function.deadLetterTargetARN { description["DeadLetterConfig"] = ["TargetArn": .string(target)] }
    // Another program or another setting is another revision.
    let digest = Digest.sha256(JSONValue.object(description).serializedBytes)
    description["RevisionId"] = .string(RandomID.uuid(Array(digest.prefix(16))))
    return .object(description)
  }

  private static var architecture: String {
    #if arch(arm64)
      "arm64"
    #else
      "x86_64"
    #endif
  }
}
