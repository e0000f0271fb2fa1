import JSON
import LocalLambda
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Thousands of invocations of a function that does everything wrong, with callers who go away.
///
/// `SOAK_INVOCATIONS` says how many; 10 000 take about a minute on an idle machine of two cores.
@Suite(.enabled(if: access("/proc/self/fd", R_OK) == 0), .timeLimit(.minutes(10))) struct SoakTests {
  private static var count: Int { getenv("SOAK_INVOCATIONS").flatMap { Int(String(cString: $0)) } ?? 2000 }
  private static let callers = 8

  /// Half of the events are harmless.
  private static let events = [
    #"{"mode":"exit","code":0}"#, #"{"mode":"exit","code":7}"#, #"{"mode":"signal","number":11}"#,
    #"{"mode":"signal","number":9}"#, #"{"mode":"half"}"#, #"{"mode":"throw"}"#, #"{"mode":"garbage"}"#,
    #"{"mode":"stream","chunks":3,"bytes":1000}"#, #"{"mode":"streamError","chunks":2,"bytes":10}"#,
    #"{"mode":"big","bytes":70000}"#, #"{"mode":"big","bytes":7000000}"#, #"{"mode":"log","lines":3}"#,
  ]

  @Test func everyCallerIsAnsweredAndNothingIsLeftBehind() async throws {
    try await EchoEmulator.run([
      "--env", "SWIFT_BACKTRACE=enable=no", "--timeout", "2", "--concurrency", "\(Self.callers)", "--idle-timeout", "1",
    ]) { try await Self.soak($0) }
  }

  private static func soak(_ emulator: EchoEmulator) async throws {
    let process = emulator.process
    // The first process makes the emulator open what it watches processes with.
    #expect(children(of: process) == 0)
    #expect(try await emulator.invoke("\"first\"").text == "\"first\"")
    while children(of: process) > 0 { try await Task.sleep(for: .milliseconds(50)) }
    let before = descriptors(of: process)

    let perCaller = (count + callers - 1) / callers
    let answered = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<callers {
        group.addTask {
          var answered = 0
          for number in 0..<perCaller {
            let kind = Int.random(in: 0..<100)
            let event =
              kind < 50 ? "[\(caller),\(number)]" : kind == 50 ? #"{"mode":"hang"}"# : events.randomElement() ?? "1"
            if kind >= 95 {
              // Gone before the answer comes.
              let connection = try await RawConnection.open(port: emulator.client.port)
              try await connection.send(
                "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nhost: x\r\ncontent-length: \(event.utf8.count)\r\n\r\n"
                  + event)
              try? await connection.close()
            } else {
              // With dropped callers' work still going on, the function may be busy.
              var response: OneShotClient.Response
              repeat {
                response = try await emulator.invoke(event)
              } while response.status == 429
              #expect(response.status == 200, "\(event): \(response.text.prefix(300))")
              let isError = response.header("x-amz-function-error") != nil
              // A slow machine may take more than the time that the function has.
              let isTimeout = isError && response.json?["errorType"] == "Sandbox.Timedout"
              if kind < 50, !isTimeout { #expect(response.text == event) }
              if kind == 50 { #expect(isTimeout) }
            }
            answered += 1
          }
          return answered
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(answered == perCaller * callers)

    // All environments end when nobody needs them, and then everything is as it was.
    while children(of: process) > 0 || descriptors(of: process) > before {
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(try await emulator.invoke("\"still here\"").text == "\"still here\"")
  }

  private static func descriptors(of process: Int32) -> Int { entries(of: "/proc/\(process)/fd").count }

  private static func children(of process: Int32) -> Int {
    entries(of: "/proc").compactMap { Int32($0) }.filter { parent(of: $0) == process }.count
  }

  private static func parent(of process: Int32) -> Int32? {
    guard let text = EchoEmulator.kernelText(of: process, "stat") else { return nil }
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return fields.count > 2 ? Int32(fields[2]) : nil
  }

  private static func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { !$0.hasPrefix(".") }
  }
}
