import Subprocess
import TestSupport
import Testing

/// `lambda-local queue send` with what is no text.
@Suite struct QueueSendTests {
  /// Nobody is asked: there is no server at this address.
  @Test func standardInputThatIsNotUTF8IsRefused() async throws {
    let ended = try await Subprocess.run(
      .name("sh"),
      arguments: [
        "-c", #"printf 'x\377y' | "$0" queue send q - --endpoint http://127.0.0.1:1"#,
        BuiltProducts.program("lambda-local"),
      ], output: .discarded, error: .string(limit: 1 << 16))
    #expect(ended.terminationStatus == .exited(64), "\(ended.standardError)")
    #expect(ended.standardError.contains("standard input is not UTF-8"), "\(ended.standardError)")
  }
}
