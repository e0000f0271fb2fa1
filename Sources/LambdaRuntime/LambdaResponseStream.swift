/// The way out for an answer that is sent while it is made.
public final class LambdaResponseStream: Sendable {
  /// Sends these bytes, after those before; the first call begins the response.
  public func write(_ bytes: [UInt8]) async throws {}
}
