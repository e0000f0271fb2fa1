public import JSON

/// An HTTP request as API Gateway's HTTP APIs and function URLs send it: payload format 2.0.
public struct HTTPRequestEvent: LambdaEventCoding {
  /// `2.0`.
  public var version: String
  /// The route that matched: `GET /path/{name}` or `$default`.
  public var routeKey: String
  /// The path, beginning with the stage unless that is `$default`.
  public var rawPath: String
  /// The query as it was sent, without `?`; empty when there is none.
  public var rawQueryString: String
  /// Every pair of every `Cookie` header.
  public var cookies: [String]?
  /// Headers by their lower-case names; the values of repeated ones are joined by commas.
  public var headers: [String: String]
  /// The decoded query; the values of repeated names are joined by commas.
  public var queryStringParameters: [String: String]?
  /// What the route's placeholders matched.
  public var pathParameters: [String: String]?
  /// The stage's variables.
  public var stageVariables: [String: String]?
  /// The body as text, or in base64.
  public var body: String?
  /// Whether `body` is base64.
  public var isBase64Encoded: Bool
  /// Who asked, for what and when.
  public var requestContext: RequestContext

  /// An event from its parts.
  public init(
    version: String = "2.0", routeKey: String = "$default", rawPath: String, rawQueryString: String = "",
    cookies: [String]? = nil, headers: [String: String] = [:], queryStringParameters: [String: String]? = nil,
    pathParameters: [String: String]? = nil, stageVariables: [String: String]? = nil, body: String? = nil,
    isBase64Encoded: Bool = false, requestContext: RequestContext
  ) {
    self.version = version
    self.routeKey = routeKey
    self.rawPath = rawPath
    self.rawQueryString = rawQueryString
    self.cookies = cookies
    self.headers = headers
    self.queryStringParameters = queryStringParameters
    self.pathParameters = pathParameters
    self.stageVariables = stageVariables
    self.body = body
    self.isBase64Encoded = isBase64Encoded
    self.requestContext = requestContext
  }

  /// The body's bytes, decoded when they came as base64; empty without a body.
  public func bodyBytes() throws(InvalidBase64) -> [UInt8] {
    guard let body else { return [] }
    return isBase64Encoded ? try Base64.decode(body) : Array(body.utf8)
  }
}

extension HTTPRequestEvent {
  /// Who asked, for what and when.
  public struct RequestContext: Codable, Sendable, Equatable {
    /// The account that owns the API.
    public var accountId: String
    /// The API's id.
    public var apiId: String
    /// The client's certificate under mutual TLS.
    public var authentication: Authentication?
    /// What the authorizer found.
    public var authorizer: Authorizer?
    /// The name that was called.
    public var domainName: String
    /// The first label of `domainName`.
    public var domainPrefix: String
    /// The request line and the caller.
    public var http: HTTP
    /// The gateway's id of the request.
    public var requestId: String
    /// The route that matched.
    public var routeKey: String
    /// The API's stage.
    public var stage: String
    /// When the request came: `12/Mar/2020:19:03:58 +0000`.
    public var time: String
    /// When the request came, in milliseconds of Unix time.
    public var timeEpoch: Int64

    /// A context from its parts.
    public init(
      accountId: String = "000000000000", apiId: String = "local", authentication: Authentication? = nil,
      authorizer: Authorizer? = nil, domainName: String = "localhost", domainPrefix: String = "localhost", http: HTTP,
      requestId: String, routeKey: String = "$default", stage: String = "$default", time: String, timeEpoch: Int64
    ) {
      self.accountId = accountId
      self.apiId = apiId
      self.authentication = authentication
      self.authorizer = authorizer
      self.domainName = domainName
      self.domainPrefix = domainPrefix
      self.http = http
      self.requestId = requestId
      self.routeKey = routeKey
      self.stage = stage
      self.time = time
      self.timeEpoch = timeEpoch
    }
  }

  /// The request line and the caller.
  public struct HTTP: Codable, Sendable, Equatable {
    /// `GET`, `POST`, …
    public var method: String
    /// The path.
    public var path: String
    /// `HTTP/1.1`.
    public var `protocol`: String
    /// The caller's address.
    public var sourceIp: String
    /// The caller's program, empty when it does not say.
    public var userAgent: String

    /// The parts of a request line and its caller.
    public init(
      method: String, path: String, protocol: String = "HTTP/1.1", sourceIp: String = "127.0.0.1",
      userAgent: String = ""
    ) {
      self.method = method
      self.path = path
      self.protocol = `protocol`
      self.sourceIp = sourceIp
      self.userAgent = userAgent
    }
  }

  /// How the client proved itself under mutual TLS.
  public struct Authentication: Codable, Sendable, Equatable {
    /// The client's certificate.
    public var clientCert: ClientCertificate?
  }

  /// A client's certificate.
  public struct ClientCertificate: Codable, Sendable, Equatable {
    /// The certificate as PEM.
    public var clientCertPem: String
    /// Whom it names.
    public var subjectDN: String
    /// Who signed it.
    public var issuerDN: String
    /// Its number.
    public var serialNumber: String
    /// When it is good.
    public var validity: Validity

    /// A certificate's first and last moment.
    public struct Validity: Codable, Sendable, Equatable {
      /// The first moment.
      public var notBefore: String
      /// The last moment.
      public var notAfter: String
    }
  }

  /// What the authorizer found: one of the three is set.
  public struct Authorizer: Codable, Sendable, Equatable {
    /// A JSON web token's claims.
    public var jwt: JWT?
    /// The context that a Lambda authorizer gave.
    public var lambda: JSONValue?
    /// The caller under IAM authorization.
    public var iam: IAM?

    /// A JSON web token's claims and scopes.
    public struct JWT: Codable, Sendable, Equatable {
      /// The token's claims, as text.
      public var claims: [String: String]?
      /// The token's scopes.
      public var scopes: [String]?
    }

    /// The caller under IAM authorization.
    public struct IAM: Codable, Sendable, Equatable {
      /// The access key.
      public var accessKey: String?
      /// The account.
      public var accountId: String?
      /// The caller's principal.
      public var callerId: String?
      /// The Cognito identity, when there is one.
      public var cognitoIdentity: CognitoIdentity?
      /// The organisation.
      public var principalOrgId: String?
      /// The user's ARN.
      public var userArn: String?
      /// The user's id.
      public var userId: String?
    }

    /// A Cognito identity.
    public struct CognitoIdentity: Codable, Sendable, Equatable {
      /// The authentication methods.
      public var amr: [String]?
      /// The identity.
      public var identityId: String?
      /// The identity's pool.
      public var identityPoolId: String?
    }
  }
}
