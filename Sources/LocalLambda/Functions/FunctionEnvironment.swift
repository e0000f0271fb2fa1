import JSON

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The variables that a function's process sees.
///
/// See [Defined runtime environment variables](https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
enum FunctionEnvironment {
  /// What Lambda sets and a function's configuration may not.
  static let reserved: Set<String> = [
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
  ]

  /// Whether a function's configuration may set this variable.
  static func isReserved(_ name: String) -> Bool {
    reserved.contains(name) || name.hasPrefix("_")
  }

  /// Refuses variables that a function on Lambda could not have either.
  static func check(_ function: FunctionConfiguration) throws(FunctionConfigurationError) {
    let refused = function.environment.keys.filter(isReserved).sorted()
    guard refused.isEmpty else {
      throw FunctionConfigurationError(
        function: function.name,
        reason: "its environment sets what Lambda reserves: \(refused.joined(separator: ", ")). Rename these variables."
      )
    }
    let malformed = function.environment.keys.filter { !isName($0) }.sorted()
    guard malformed.isEmpty else {
      throw FunctionConfigurationError(
        function: function.name,
        reason: "its environment has names that Lambda refuses: \(malformed.joined(separator: ", ")). "
          + "A name has a letter, then letters, digits or underscores.")
    }
    if let problem = sizeProblem(function.environment.map { ($0.key, $0.value) }) {
      throw FunctionConfigurationError(function: function.name, reason: "\(problem). Shorten or remove some of them.")
    }
  }

  /// The most that a function's configuration may set, in bytes of JSON.
  static let maximumBytes = 4096

  /// Why Lambda refuses variables of this size, in its words; nil when it takes them.
  ///
  /// It measures names and values together, as JSON: see
  /// [Lambda quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
  static func sizeProblem(_ variables: some Sequence<(name: String, value: String)>) -> String? {
    var json = JSONObject()
    for (name, value) in variables { json[name] = .string(value) }
    let bytes = JSONValue.object(json).serialized.utf8.count
    guard bytes > maximumBytes else { return nil }
    return "Lambda was unable to configure your environment variables because the environment variables you have "
      + "provided exceeded the 4KB limit. As JSON, names and values are \(bytes) bytes"
  }

  /// Whether Lambda takes a variable of that name: letters, digits and `_`, a letter first.
  static func isName(_ name: String) -> Bool {
    name.first?.isLetter == true
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// How many invocations at once an environment of managed instances may take.
  static let concurrencies = 1...1600

  /// How many it takes where nobody says so: Lambda's number for a custom runtime on one processor.
  static let usualConcurrency = 8

  /// How many invocations at once an environment takes: only on managed instances, and there the function's
  /// configuration says how many.
  static func maximumConcurrency(of function: FunctionConfiguration) throws(FunctionConfigurationError) -> Int? {
    guard let text = function.environment["AWS_LAMBDA_MAX_CONCURRENCY"] else { return nil }
    guard let number = Int(text), concurrencies.contains(number) else {
      throw FunctionConfigurationError(
        function: function.name,
        reason: "AWS_LAMBDA_MAX_CONCURRENCY is \"\(text)\", but has to be a number from \(concurrencies.lowerBound) to "
          + "\(concurrencies.upperBound).")
    }
    return number
  }

  /// All variables of one environment's process: the caller's where the function inherits them, what a customer may
  /// change, the function's own, and what Lambda sets whatever they say.
  static func variables(
    of function: FunctionConfiguration, runtimeAPI: String, metadataToken: String, logStream: String,
    caller: [String: String]
  ) -> [String: String] {
    let inherited = function.inheritsEnvironment ? caller : [:]
    var variables = [
      "LANG": "en_US.UTF-8",
      "TZ": ":UTC",
      "PATH": caller["PATH"] ?? "/usr/local/bin:/usr/bin/:/bin",
      "LD_LIBRARY_PATH":
        "/var/lang/lib:/lib64:/usr/lib64:\(function.workingDirectory):\(function.workingDirectory)/lib",
      "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
      "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
      "AWS_LAMBDA_LOG_FORMAT": function.logFormat.rawValue,
    ]
    variables["AWS_LAMBDA_LOG_LEVEL"] = function.applicationLogLevel?.rawValue
    if function.inheritsEnvironment { variables["LD_LIBRARY_PATH"] = nil }
    variables.merge(inherited.filter { !isReserved($0.key) && !$0.key.hasPrefix("AWS_LAMBDA_") }) { $1 }
    variables.merge(function.environment.filter { !isReserved($0.key) }) { $1 }

    // Credentials are the caller's where there are some: the function may well talk to AWS.
    let hasCredentials = caller["AWS_ACCESS_KEY_ID"] != nil && caller["AWS_SECRET_ACCESS_KEY"] != nil
    variables["AWS_ACCESS_KEY_ID"] = hasCredentials ? caller["AWS_ACCESS_KEY_ID"] : "local"
    variables["AWS_SECRET_ACCESS_KEY"] = hasCredentials ? caller["AWS_SECRET_ACCESS_KEY"] : "local"
    variables["AWS_SESSION_TOKEN"] = hasCredentials ? caller["AWS_SESSION_TOKEN"] : "local"
    variables["AWS_REGION"] = function.identity.region
    variables["AWS_DEFAULT_REGION"] = function.identity.region
    variables["AWS_LAMBDA_FUNCTION_NAME"] = function.name
    variables["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST"
    variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = String(function.memorySizeMB)
    variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = function.isManaged ? "lambda-managed-instances" : "on-demand"
    variables["AWS_LAMBDA_LOG_GROUP_NAME"] = function.logGroup
    variables["AWS_LAMBDA_LOG_STREAM_NAME"] = logStream
    variables["AWS_LAMBDA_RUNTIME_API"] = runtimeAPI
    variables["AWS_LAMBDA_METADATA_API"] = runtimeAPI
    variables["AWS_LAMBDA_METADATA_TOKEN"] = metadataToken
    variables["LAMBDA_TASK_ROOT"] = function.workingDirectory
    variables["LAMBDA_RUNTIME_DIR"] = "/var/runtime"
    variables["_HANDLER"] = function.handler
    return variables
  }

  /// All variables of an extension's process: the function's, but for those that only its runtime has.
  static func extensionVariables(
    of function: FunctionConfiguration, runtimeAPI: String, metadataToken: String, caller: [String: String]
  ) -> [String: String] {
    variables(
      of: function, runtimeAPI: runtimeAPI, metadataToken: metadataToken, logStream: "", caller: caller
    ).filter { !runtimeOnly.contains($0.key) }
  }

  private static let runtimeOnly: Set<String> = [
    "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER",
  ]

  /// The variables of this process.
  static func caller() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let pointer = entry.pointee {
      let text = String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry += 1
    }
    return variables
  }
}
