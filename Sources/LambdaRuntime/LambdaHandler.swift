/// What a function does with one event.
///
/// The event is the raw payload, as Lambda delivers it; what the bytes mean is the function's business.
/// An error that is thrown is reported as the invocation's failure: see ``LambdaReportableError``.
public typealias LambdaHandler = @Sendable (_ event: [UInt8], _ context: LambdaContext) async throws -> LambdaResponse

/// What a handler answers with.
public enum LambdaResponse: Sendable {
  /// The whole answer at once; Lambda takes up to 6 MB.
  case buffered([UInt8], contentType: String = "application/json")

  /// An answer that is sent while it is made.
  ///
  /// The response begins with the first write. An error thrown before it fails the invocation like any other;
  /// one thrown later ends the stream with trailers that tell the caller. For an HTTP integration the content type is
  /// `application/vnd.awslambda.http-integration-response`, and the body begins with a JSON prelude and eight NUL bytes.
  case streaming(contentType: String, body: @Sendable (LambdaResponseStream) async throws -> Void)
}
