import JSON
import Testing

@testable import LocalLambda

/// Mappings that were made over the API, from one start to the next.
@Suite struct EventSourceMappingFileTests {
  private static let name = "mappings.json"

  /// One start after another, with the same file.
  private func start(_ folder: TemporaryFolder, _ body: (MappingFixture) async throws -> Void) async throws {
    let file = try EventSourceMappingFile(path: "\(folder.path)/\(Self.name)")
    try await MappingFixture.run(file: file, body)
  }

  private func mapping(_ uuid: String, _ fixture: MappingFixture) async throws -> JSONObject {
    try #require(try await fixture.call("GET", "/\(uuid)").json?.objectValue)
  }

  @Test func whatWasMadeIsThereAgain() async throws {
    try await TemporaryFolder.with { folder in
      var uuid = ""
      var before = JSONObject()
      try await start(folder) { fixture in
        uuid = try await fixture.create([
          "BatchSize": 20, "MaximumBatchingWindowInSeconds": 1, "FunctionName": "echo:$LATEST",
          "FunctionResponseTypes": ["ReportBatchItemFailures"], "ProvisionedPollerConfig": ["MaximumPollers": 5],
          "FilterCriteria": ["Filters": [["Pattern": #"{"body":["x"]}"#]]],
        ])
        before = try await mapping(uuid, fixture)
      }
      try await start(folder) { fixture in
        try await fixture.waitFor("Enabled", uuid)
        #expect(try await JSONValue.object(mapping(uuid, fixture)) == .object(before))
        try await fixture.service.send("x", to: "q")
        #expect(try await eventually { try await mapping(uuid, fixture)["LastProcessingResult"] == "OK" })
      }
    }
  }

  @Test func changesAndDeletionsAreKept() async throws {
    try await TemporaryFolder.with { folder in
      var uuid = ""
      try await start(folder) { fixture in
        uuid = try await fixture.create()
        #expect(try await fixture.call("PUT", "/\(uuid)", ["Enabled": false, "BatchSize": 3]).status == 202)
      }
      try await start(folder) { fixture in
        let found = try await mapping(uuid, fixture)
        #expect(found["State"] == "Disabled")
        #expect(found["BatchSize"] == 3)
        #expect(try await fixture.service.waitingPolls(of: "q") == 0)
        #expect(try await fixture.call("DELETE", "/\(uuid)").status == 202)
      }
      try await start(folder) { fixture in
        let listed = try await fixture.call("GET")
        #expect(listed.json?["EventSourceMappings"] == [])
      }
    }
  }

  @Test func theTemplatesMappingIsNotKeptAndComesFirst() async throws {
    try await TemporaryFolder.with { folder in
      try await start(folder) { fixture in _ = try await fixture.create() }
      let file = try EventSourceMappingFile(path: "\(folder.path)/\(Self.name)")
      #expect(file.kept.count == 1)
      try await QueueService.run(QueueConfiguration(name: "q")) { service in
        let host = try FunctionHost(
          FunctionConfiguration(
            name: "echo", command: ["/nothing"], workingDirectory: "/", timeout: .seconds(20),
            identity: MappingFixture.account), eventLoop: service.eventLoop)
        let queue = LocalQueue("q", of: service)
        let mappings = EventSourceMappings(functions: [host], eventLoop: service.eventLoop, file: file) { _ in queue }
        try await mappings.add(EventSourceMappingConfiguration(), queue: queue, function: host, enabled: false)
        await mappings.restore()
        let all = try await mappings.list(queueARN: nil, function: nil)
        #expect(all.count == 1)
        #expect(all.first?.uuid != file.kept.first?.uuid)
        _ = try await mappings.delete(#require(all.first).uuid)
        #expect(folder.read(Self.name) == "[]", "neither of them")
        await mappings.shutdown()
        await host.shutdown()
      }
    }
  }

  @Test func whatCannotBeMadeNowStaysInTheFile() async throws {
    try await TemporaryFolder.with { folder in
      let old = #"""
        [{"UUID":"14e0db71-0000-0000-0000-000000000001","FunctionName":"nobody",
          "EventSourceArn":"arn:aws:sqs:eu-west-1:123456789012:q"},
         {"UUID":"14e0db71-0000-0000-0000-000000000002","FunctionName":"echo",
          "EventSourceArn":"arn:aws:sqs:eu-west-1:123456789012:none"}]
        """#
      folder.write(old, to: Self.name)
      try await start(folder) { fixture in
        #expect(try await fixture.call("GET").json?["EventSourceMappings"] == [])
        _ = try await fixture.create()
      }
      let kept = try EventSourceMappingFile(path: "\(folder.path)/\(Self.name)").kept
      #expect(kept.count == 3)
      #expect(kept.contains { $0.json["FunctionName"] == "nobody" })
    }
  }

  @Test(arguments: [
    ("[", "is damaged"), ("{}", "is damaged"), ("[{}]", "Mapping 1 of"),
    (#"[{"UUID":"u","BatchSize":1,"StartingPosition":"LATEST"}]"#, "Mapping 1 of"),
  ])
  func aDamagedFileIsToldAndNotGuessedOver(text: String, says: String) async throws {
    try await TemporaryFolder.with { folder in
      folder.write(text, to: Self.name)
      let error = #expect(throws: EventSourceMappingError.self) {
        _ = try EventSourceMappingFile(path: "\(folder.path)/\(Self.name)")
      }
      #expect(error?.message.contains(says) == true)
      #expect(error?.message.contains(folder.path) == true)
    }
  }

  /// What cannot be read is not what is not there: the next change would write over it.
  @Test func aFileThatCannotBeReadIsToldAndNotReplaced() async throws {
    try await TemporaryFolder.with { folder in
      // A folder, as root may read any file.
      let error = #expect(throws: EventSourceMappingError.self) { _ = try EventSourceMappingFile(path: folder.path) }
      #expect(error?.message == "\(folder.path) cannot be read.")
    }
  }

  /// The mapping works all the same; that it is not kept is in the log.
  @Test func aFileThatCannotBeWrittenStopsNothing() async throws {
    let file = try EventSourceMappingFile(path: "/nowhere/at/all/mappings.json")
    try await MappingFixture.run(file: file) { fixture in
      let uuid = try await fixture.create()
      try await fixture.service.send("x", to: "q")
      #expect(try await eventually { try await mapping(uuid, fixture)["LastProcessingResult"] == "OK" })
    }
  }

  @Test func twoCallersAtOnceAreBothKept() async throws {
    try await TemporaryFolder.with { folder in
      try await start(folder) { fixture in
        async let first = fixture.create()
        async let second = fixture.create([
          "EventSourceArn": .string(MappingFixture.account.queueARN("q.fifo")), "Enabled": true,
        ])
        _ = try await (first, second)
      }
      #expect(try EventSourceMappingFile(path: "\(folder.path)/\(Self.name)").kept.count == 2)
    }
  }
}
