extension FunctionURLConfiguration {
  /// `FunctionUrlConfig`; nil when there is none.
  init?(_ function: inout PropertyReader) throws(TemplateError) {
    guard var properties = try function.nested("FunctionUrlConfig") else { return nil }
    self.init()
    let type = try properties.string("AuthType")
    guard let authType = type.flatMap(AuthType.init) else {
      throw properties.wrong("AuthType", properties.line, "is \(type ?? "missing"): it is NONE or AWS_IAM")
    }
    self.authType = authType
    if authType == .iam { properties.note("AuthType", "callers have to sign, but signatures are not checked locally") }
    if let mode = try properties.string("InvokeMode") {
      guard let known = InvokeMode(rawValue: mode) else {
        throw properties.wrong("InvokeMode", properties.line, "is \(mode): it is BUFFERED or RESPONSE_STREAM")
      }
      invokeMode = known
    }
    cors = try CORSConfiguration("Cors", of: &properties, maxAge: 0...86_400)
    try properties.finish()
  }
}

extension CORSConfiguration {
  /// `CorsConfiguration` of an HTTP API and `Cors` of a function URL: `true`, one origin, or all of it.
  init?(_ key: String, of reader: inout PropertyReader, maxAge range: ClosedRange<Int>) throws(TemplateError) {
    guard let member = reader.peek(key) else { return nil }
    guard try reader.context.intrinsics.chosen(member.value)?.members != nil else {
      switch try reader.string(key) {
      case nil, "false", "False": return nil
      case "true", "True", "*": self.init(allowOrigins: ["*"])
      case let origin?: self.init(allowOrigins: [origin])
      }
      return
    }
    guard var properties = try reader.nested(key) else { return nil }
    self.init(
      allowOrigins: try properties.strings("AllowOrigins") ?? [],
      allowMethods: try properties.strings("AllowMethods") ?? [],
      allowHeaders: try properties.strings("AllowHeaders") ?? [],
      exposeHeaders: try properties.strings("ExposeHeaders") ?? [], maxAge: try properties.integer("MaxAge", in: range),
      allowCredentials: try properties.boolean("AllowCredentials") ?? false)
    try properties.finish()
  }
}
