// People write events by hand, for a first try and for tests: what a handler can do without has a default.
// What says what is asked for has to be there: the path and method of a request, the id and body of a message.

extension HTTPRequestEvent {
  enum CodingKeys: CodingKey {
    case version, routeKey, rawPath, rawQueryString, cookies, headers, queryStringParameters, pathParameters
    case stageVariables, body, isBase64Encoded, requestContext
  }

  /// Reads a request; only ``rawPath`` and the method have to be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let context = try values.decode(RequestContext.self, forKey: .requestContext)
    self.init(
      version: try values.decodeIfPresent(String.self, forKey: .version) ?? "2.0",
      routeKey: try values.decodeIfPresent(String.self, forKey: .routeKey) ?? context.routeKey,
      rawPath: try values.decode(String.self, forKey: .rawPath),
      rawQueryString: try values.decodeIfPresent(String.self, forKey: .rawQueryString) ?? "",
      cookies: try values.decodeIfPresent([String].self, forKey: .cookies),
      headers: try values.decodeIfPresent([String: String].self, forKey: .headers) ?? [:],
      queryStringParameters: try values.decodeIfPresent([String: String].self, forKey: .queryStringParameters),
      pathParameters: try values.decodeIfPresent([String: String].self, forKey: .pathParameters),
      stageVariables: try values.decodeIfPresent([String: String].self, forKey: .stageVariables),
      body: try values.decodeIfPresent(String.self, forKey: .body),
      isBase64Encoded: try values.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) ?? false,
      requestContext: context)
  }
}

extension HTTPRequestEvent.RequestContext {
  enum CodingKeys: CodingKey {
    case accountId, apiId, authentication, authorizer, domainName, domainPrefix, http, requestId, routeKey, stage, time
    case timeEpoch
  }

  /// Reads a context; only ``http`` has to be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ key: CodingKeys, or standard: String = "") throws -> String {
      try values.decodeIfPresent(String.self, forKey: key) ?? standard
    }
    self.init(
      accountId: try text(.accountId),
      apiId: try text(.apiId),
      authentication: try values.decodeIfPresent(HTTPRequestEvent.Authentication.self, forKey: .authentication),
      authorizer: try values.decodeIfPresent(HTTPRequestEvent.Authorizer.self, forKey: .authorizer),
      domainName: try text(.domainName),
      domainPrefix: try text(.domainPrefix),
      http: try values.decode(HTTPRequestEvent.HTTP.self, forKey: .http),
      requestId: try text(.requestId),
      routeKey: try text(.routeKey, or: "$default"),
      stage: try text(.stage, or: "$default"),
      time: try text(.time),
      timeEpoch: try values.decodeIfPresent(Int64.self, forKey: .timeEpoch) ?? 0)
  }
}

extension HTTPRequestEvent.HTTP {
  enum CodingKeys: CodingKey {
    case method, path, `protocol`, sourceIp, userAgent
  }

  /// Reads a request line; only ``method`` has to be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      method: try values.decode(String.self, forKey: .method),
      path: try values.decodeIfPresent(String.self, forKey: .path) ?? "",
      protocol: try values.decodeIfPresent(String.self, forKey: .protocol) ?? "HTTP/1.1",
      sourceIp: try values.decodeIfPresent(String.self, forKey: .sourceIp) ?? "",
      userAgent: try values.decodeIfPresent(String.self, forKey: .userAgent) ?? "")
  }
}

extension SQSEvent.Record {
  enum CodingKeys: CodingKey {
    case messageId, receiptHandle, body, attributes, messageAttributes, md5OfBody, md5OfMessageAttributes, eventSource
    case eventSourceARN, awsRegion
  }

  /// Reads a message; only ``messageId`` and ``body`` have to be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func text(_ key: CodingKeys, or standard: String = "") throws -> String {
      try values.decodeIfPresent(String.self, forKey: key) ?? standard
    }
    self.init(
      messageId: try values.decode(String.self, forKey: .messageId),
      receiptHandle: try text(.receiptHandle),
      body: try values.decode(String.self, forKey: .body),
      attributes: try values.decodeIfPresent([String: String].self, forKey: .attributes) ?? [:],
      messageAttributes:
        try values.decodeIfPresent([String: SQSEvent.MessageAttribute].self, forKey: .messageAttributes) ?? [:],
      md5OfBody: try text(.md5OfBody),
      md5OfMessageAttributes: try values.decodeIfPresent(String.self, forKey: .md5OfMessageAttributes),
      eventSource: try text(.eventSource, or: "aws:sqs"),
      eventSourceARN: try text(.eventSourceARN),
      awsRegion: try text(.awsRegion))
  }
}
