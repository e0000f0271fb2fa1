import JSON
import NIOCore
import TestSupport
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(2))) struct LocalAddressTests {
  @Test(arguments: [
    ("::1", "http://[::1]:8080"), ("127.0.0.1", "http://127.0.0.1:8080"), ("localhost", "http://localhost:8080"),
  ])
  func anIPv6AddressStandsInBrackets(host: String, url: String) {
    #expect(LocalAddress.url(host: host, port: 8080) == url)
  }

  @Test(.enabled("this machine has IPv6") { await LoopbackIPv6.isThere() })
  func aStackOnIPv6IsReached() async throws {
    let yaml = StackTests.yaml.replacing("Timeout: 20", with: "Timeout: 20\n      FunctionUrlConfig: {AuthType: NONE}")
    var configuration = StackConfiguration(
      template: try Template(yaml: yaml, path: "/nowhere/t.yaml"), environment: [:],
      programDirectory: BuiltProducts.folder)
    configuration.host = "::1"
    try await Stack.run(configuration) { stack in
      let urls = [stack.gatewayURL, stack.functionURLs.first?.url, stack.lambdaURL, stack.sqsURL].compactMap(\.self)
      #expect(urls.count == 4)
      for url in urls { #expect(url.hasPrefix("http://[::1]:")) }
      let gateway = try OneShotClient(url: try #require(stack.gatewayURL))
      #expect(try await gateway.send("GET", "/a").json?["rawPath"] == "/a")
      let queue = try #require(stack.sqsURL) + "/000000000000/Tasks"
      let result = try #require(await stack.invoke("echo", Array(#"{"mode":"environment"}"#.utf8)))
      guard case .success(let payload, _) = result.outcome else { return #expect(Bool(false), "\(result.outcome)") }
      let variables = try JSONValue(parsing: payload.readableBytesView)
      #expect(variables["QUEUE"]?.stringValue == queue)
    }
  }
}

enum LoopbackIPv6 {
  /// Whether something can listen on `::1`.
  static func isThere() async -> Bool {
    guard let server = try? await LanguageModelStandIn.start(host: "::1") else { return false }
    await server.shutdown()
    return true
  }
}
