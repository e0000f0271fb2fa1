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
    let run = try await runFunction { server, process in
      let connection = try server.accept()
      // More than the sockets hold: the function cannot be done before all of it is read here.
      try connection.give(#"{"mode":"stream","bytes":20000000}"#)
      try connection.waitForBytes()
      kill(process, SIGTERM)
      let posted = try connection.nextRequest()
      connection.answer(202)
      #expect(try connection.request() == nil, "no further event is asked for")
      return posted.body.utf8.count
    }
    #expect(run.value == 20_000_000)
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
