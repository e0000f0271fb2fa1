import Foundation
import Subprocess
import Testing

@Suite("SIGTERM")
struct TerminationTests {
  @Test("ends a function that waits for an event")
  func idle() async throws {
    let run = try await runFunction { server, process in
      let connection = try server.accept()
      _ = try connection.exchange("1")
      _ = try connection.nextRequest()
      kill(process, SIGTERM)
      #expect(try connection.request() == nil)
    }
    #expect(run.status == .exited(0))
    #expect(run.log == "")
  }

  @Test("lets a function finish the event at hand")
  func busy() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "go-on").path
    let run = try await runFunction { server, process in
      let connection = try server.accept()
      try connection.give(#"{"mode":"stream","chunks":2,"bytes":3,"until":"\#(file)"}"#)
      try connection.waitForBytes()
      kill(process, SIGTERM)
      try waitUntilTaken(SIGTERM, by: process)
      #expect(FileManager.default.createFile(atPath: file, contents: nil))
      let posted = try connection.nextRequest()
      connection.answer(202)
      #expect(try connection.request() == nil, "no further event is asked for")
      return posted.body
    }
    #expect(run.value == "xxxxxx")
    #expect(run.status == .exited(0))
  }

  @Test("does not wait for a function that hangs")
  func hanging() async throws {
    let run = try await runFunction { server, process in
      let connection = try server.accept()
      try connection.give(#"{"mode":"stream","milliseconds":4000000}"#)
      try connection.waitForBytes()
      kill(process, SIGTERM)
      try connection.waitForEnd()
    }
    #expect(run.status == .exited(0))
  }

  @Test("ends a function that works on several events at once")
  func concurrent() async throws {
    let run = try await runFunction(["AWS_LAMBDA_MAX_CONCURRENCY": "4"]) { server, process in
      let connections = try (0..<4).map { _ in try server.accept() }
      for connection in connections { _ = try connection.exchange("1") }
      for connection in connections { _ = try connection.nextRequest() }
      kill(process, SIGTERM)
      for connection in connections { #expect(try connection.request() == nil) }
    }
    #expect(run.status == .exited(0))
  }
}

/// Waits until a process has taken a signal that was sent to it, a minute at most, as far as the system tells: `/proc`
/// has it.
private func waitUntilTaken(_ signal: Int32, by process: pid_t) throws {
  for _ in 0..<60_000 {
    guard isPending(signal, of: process) else { return }
    usleep(1000)
  }
  throw ScriptedRuntimeAPI.Problem(what: "the signal was not taken within a minute")
}

private func isPending(_ signal: Int32, of process: pid_t) -> Bool {
  let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("ShdPnd:") }
  let pending = line.flatMap { UInt64($0.dropFirst("ShdPnd:".count).trimmingCharacters(in: .whitespaces), radix: 16) }
  return (pending ?? 0) >> (signal - 1) & 1 == 1
}
