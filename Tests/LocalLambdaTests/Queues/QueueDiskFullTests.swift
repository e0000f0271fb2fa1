import FoundationEssentials
import JSON
import Subprocess
import TestSupport
import Testing

@testable import LocalLambda

/// A disk that is full, as far as the program can tell: its files may grow no more.
@Suite struct QueueDiskFullTests {
  @Test func aFullDiskIsAnErrorAndNoLoss() async throws {
    try await QueueStorageTests.folder { folder in
      _ = try await CommandProcess.run(
        ["queue", "serve", "--port", "0", "--data", folder, "--queue", "q"], until: "SQS is served at ", signal: .kill
      ) { said in
        let url = said.split(separator: "SQS is served at ").last?.split(separator: ". ").first ?? ""
        let client = try OneShotClient(url: String(url))
        let process = String(decoding: try Data(contentsOf: URL(filePath: folder + "/lock")), as: UTF8.self)
        func send(_ body: String) async throws -> (status: Int, body: JSONValue) {
          let input: JSONValue = ["QueueUrl": "q", "MessageBody": .string(body)]
          let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.SendMessage")]
          let answer = try await client.send("POST", "/", headers: headers, body: input.serializedBytes)
          return (answer.status, try JSONValue(parsing: answer.body))
        }
        #expect(try await send("before").status == 200)
        let size = try Data(contentsOf: URL(filePath: folder + "/queues.log")).count
        try await Self.limit(process, to: "\(size + 100)")
        for _ in 1...3 {
          let refused = try await send(String(repeating: "x", count: 1_000))
          #expect(refused.status == 500)
          #expect(refused.body["__type"] == "com.amazon.coral.service#InternalFailure")
        }
        #expect(try Data(contentsOf: URL(filePath: folder + "/queues.log")).count == size, "nothing half written")
        try await Self.limit(process, to: "unlimited")
        #expect(try await send("after").status == 200)
      }
      let bodies = try await QueueStorageTests.open(folder) { service in try await service.bodies(of: "q") }
      #expect(bodies.first == "before")
      #expect(bodies.last == "after")
      // The first refused message may be there; the others were not taken at all.
      #expect(bodies.count <= 3)
    }
  }

  /// Sets the size that the files of a process may have; the hard limit stays.
  private static func limit(_ process: String, to size: String) async throws {
    let arguments = ["--pid", process.trimmed, "--fsize=\(size):"]
    let result = try await Subprocess.run(.name("prlimit"), arguments: Arguments(arguments), output: .discarded)
    #expect(result.terminationStatus.isSuccess)
  }
}
