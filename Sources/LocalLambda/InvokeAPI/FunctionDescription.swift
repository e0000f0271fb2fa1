import JSON
import NIOCore
import NIOHTTP1

/// What SDKs are told about functions.
enum FunctionDescription {
  /// ListFunctions.
  static func list(_ functions: [FunctionHost]) -> ServerResponse {
    json(["Functions": .array(functions.map { description(of: $0.configuration) }), "NextMarker": .null])
  }

  /// GetFunction.
  static func function(_ function: FunctionHost) -> ServerResponse {
    json([
      "Configuration": description(of: function.configuration),
      "Code": ["RepositoryType": "S3", "Location": .string("file://\(function.configuration.workingDirectory)")],
      "Tags": [:],
    ])
  }

  /// GetFunctionConfiguration.
  static func configuration(_ function: FunctionHost) -> ServerResponse {
    json(description(of: function.configuration))
  }

  private static func description(of function: FunctionConfiguration) -> JSONValue {
    let variables = function.environment.sorted { $0.key < $1.key }
    return [
      "FunctionName": .string(function.name),
      "FunctionArn": .string(function.arn),
      "Runtime": "provided.al2023",
      "Role": .string("arn:aws:iam::\(function.identity.accountID):role/lambda-local"),
      "Handler": .string(function.handler),
      "CodeSize": 0,
      "Description": "",
      "Timeout": .integer((function.timeout.milliseconds + 999) / 1000),
      "MemorySize": .integer(function.memorySizeMB),
      "LastModified": "1970-01-01T00:00:00.000+0000",
      "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
      "Version": "$LATEST",
      "TracingConfig": ["Mode": "PassThrough"],
      "RevisionId": "00000000-0000-4000-8000-000000000000",
      "State": "Active",
      "LastUpdateStatus": "Successful",
      "PackageType": "Zip",
      "Architectures": [.string(architecture)],
      "EphemeralStorage": ["Size": 512],
      "Environment": [
        "Variables": .object(JSONObject(variables.map { .init(name: $0.key, value: .string($0.value)) }))
      ],
    ]
  }

  private static var architecture: String {
    #if arch(arm64)
      "arm64"
    #else
      "x86_64"
    #endif
  }

  private static func json(_ value: JSONValue) -> ServerResponse {
    ServerResponse(
      .ok,
      headers: ["content-type": "application/json", "x-amzn-RequestId": RandomID.uuid()],
      body: ByteBuffer(bytes: value.serializedBytes))
  }
}
