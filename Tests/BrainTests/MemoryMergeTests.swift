import JSON
import Testing

@testable import Brain

@Suite struct MemoryMergeTests: MergeSuite {
  @Test func referenceExampleRoundTrips() throws {
    let example = try Fixture.json("example.memory_data.json")
    #expect(try Fixture.memorySchema().faults(of: example) == [])
    let memory = try #require(MemoryData(example))
    #expect(try JSONCoding.encodeValue(memory) == example)
  }

  @Test func schemaCheckFindsFaults() throws {
    // The check itself has to be able to fail.
    var example = try #require(Fixture.json("example.memory_data.json").objectValue)
    example["title"] = .string(String(repeating: "x", count: 121))
    example["surprise"] = 1
    example["coverage"] = ["messages": 0]
    example["topics"] = ["a", "a"]
    #expect(try Fixture.memorySchema().faults(of: .object(example)).count >= 5)
  }

  @Test func firstWindow() throws {
    let memory = try merge(
      extraction(
        facts: [fact("Lives in Rome.", ["m3", "m1", "m1"])],
        openItems: [.init(text: "Call back.", owner: .assistant, due: "2026-03-05", evidence: ["m2"])],
        entities: [.init(name: "Rome", type: .place, evidence: ["m1"])]), saying: [1: "I live in Rome."])
    let stored = try #require(memory.facts.first)
    #expect(stored.evidence == [1, 3])
    #expect(stored.firstSeenAt == "2026-03-02T09:00:01Z")
    #expect(stored.lastConfirmedAt == "2026-03-02T09:00:03Z")
    #expect(stored.status == .active)
    #expect(memory.openItems.first?.due == "2026-03-05")
    #expect(memory.entities == [.init(name: "Rome", type: .place, evidence: [1])])
    #expect(memory.topics == ["a"])
    #expect(
      memory.coverage == .init(fromMessageID: 1, throughMessageID: 4, messages: 4, throughAt: "2026-03-02T09:00:04Z"))
    #expect(memory.provenance.windows == 1)
    #expect(memory.provenance.inputTokens == 10)
    #expect(memory.provenance.outputTokens == nil)
  }

  @Test func idsNameWhatTheyStandFor() {
    let id = Fingerprint.fact(kind: .fact, about: .user, text: "Lives in  ROME.")
    // printf 'fact\0user\0lives in rome' | sha256sum
    #expect(id == "f_51725076bd88")
    #expect(id == Fingerprint.fact(kind: .fact, about: .user, text: "lives in rome"))
    #expect(id != Fingerprint.fact(kind: .event, about: .user, text: "lives in rome"))
    #expect(id != Fingerprint.fact(kind: .fact, about: .other, text: "lives in rome"))
  }

  @Test func mergingTheSameTwiceChangesNoItem() throws {
    let found = extraction(
      facts: [fact("Lives in Rome.", ["m1"])],
      openItems: [.init(text: "Call.", owner: .user, due: nil, evidence: ["m1"])],
      entities: [.init(name: "Rome", type: .place, evidence: ["m1"])])
    let once = try merge(found, saying: [1: "I live in Rome."])
    let twice = try merge(found, into: once, saying: [1: "I live in Rome."])
    #expect(once.entities.count == 1)
    #expect(twice.facts == once.facts)
    #expect(twice.openItems == once.openItems)
    #expect(twice.entities == once.entities)
  }

  @Test func sameFactLaterIsConfirmed() throws {
    let once = try merge(extraction(facts: [fact("Lives in Rome.", ["m1"])]))
    let later = try merge(extraction(facts: [fact("lives in Rome", ["m1"])]), into: once, 5...8)
    #expect(later.facts.count == 1)
    #expect(later.facts[0].evidence == [1, 5])
    #expect(later.facts[0].firstSeenAt == "2026-03-02T09:00:01Z")
    #expect(later.facts[0].lastConfirmedAt == "2026-03-02T09:00:05Z")
    #expect(
      later.coverage == .init(fromMessageID: 1, throughMessageID: 8, messages: 8, throughAt: "2026-03-02T09:00:08Z"))
    #expect(later.provenance.windows == 2)
    #expect(later.provenance.inputTokens == 20)
  }

  @Test func changeOfMindSupersedesAndKeepsTheOld() throws {
    let once = try merge(extraction(facts: [fact("Table on Friday.", ["m1"]), fact("Lives in Rome.", ["m1"])]))
    let later = try merge(extraction(facts: [fact("Table on Saturday.", ["m3"], replaces: "f1")]), into: once, 5...8)
    #expect(later.facts.map(\.status) == [.superseded, .active, .active])
    #expect(later.facts[0].supersededBy == later.facts[2].id)
    #expect(later.facts[0].endedAt == "2026-03-02T09:00:07Z")
    // And back again: the old one is true once more.
    let back = try merge(extraction(facts: [fact("Table on Friday.", ["m1"], replaces: "f2")]), into: later, 9...10)
    #expect(back.facts.map(\.status) == [.active, .active, .superseded])
    #expect(back.facts[0].endedAt == nil)
    #expect(back.facts[0].supersededBy == nil)
  }

  @Test func whatIsLeftOutIsNotForgotten() throws {
    let once = try merge(extraction(facts: [fact("Lives in Rome.", ["m1"])]))
    let later = try merge(extraction(), into: once, 5...6)
    #expect(later.facts == once.facts)
  }

  @Test func correctionKeepsTheText() throws {
    let once = try merge(extraction(facts: [fact("Lives in Rome.", ["m1"])]))
    let later = try merge(
      extraction(retracted: [.init(ref: "f1", why: .corrected, evidence: ["m1"])]), into: once, 5...6)
    #expect(later.facts[0].status == .retracted)
    #expect(later.facts[0].text == "Lives in Rome.")
  }

  @Test func openItemsAreClosed() throws {
    let once = try merge(
      extraction(openItems: [
        .init(text: "Call back.", owner: .assistant, due: nil, evidence: ["m1"]),
        .init(text: "Send a photo.", owner: .user, due: nil, evidence: ["m2"]),
      ]))
    let later = try merge(
      extraction(closed: [
        .init(ref: "o2", how: .dropped, evidence: ["m1"]), .init(ref: "o1", how: .done, evidence: ["m2"]),
      ]), into: once, 5...6)
    #expect(later.openItems.map(\.status) == [.done, .dropped])
    #expect(later.openItems.map(\.evidence) == [[1, 6], [2, 5]])
  }

  @Test func emptyTitleAndSummaryLeaveThoseBefore() throws {
    let once = try merge(extraction())
    var empty = extraction()
    empty.title = " \0"
    empty.summary = "\n"
    let later = try merge(empty, into: once, 5...6)
    #expect(later.title == "Title")
    #expect(later.summary == "Summary")
  }

  @Test func evidenceIsTheFirstMessageAndTheNewestOnes() throws {
    func found(_ count: Int) -> Extraction {
      let refs = (1...count).map { "m\($0)" }
      return extraction(
        facts: [fact("Likes tea.", refs)],
        openItems: [.init(text: "Buy some.", owner: .assistant, due: nil, evidence: refs)],
        entities: [.init(name: "Tea", type: .product, evidence: refs)])
    }
    let once = try merge(found(30), 1...30, saying: [30: "I like tea."])
    let later = try merge(found(5), into: once, 31...35, saying: [31: "Tea, please!"])
    for (memory, newest) in [(once, 12...30), (later, 17...35)] as [(MemoryData, ClosedRange<Int64>)] {
      let expected = [1] + Array(newest)
      #expect(memory.facts.map(\.evidence) == [expected])
      #expect(memory.openItems.map(\.evidence) == [expected])
      #expect(memory.entities.map(\.evidence) == [expected])
    }
  }

  @Test func whatNothingProvesIsDroppedAndCounted() throws {
    let memory = try merge(
      extraction(
        facts: [
          fact("No evidence.", []), fact("Invented.", ["m99"]), fact(" \0 ", ["m1"]), fact("Kept.", ["m99", "m1"]),
          fact("Replaces what is not known.", ["m1"], replaces: "f7"),
        ],
        openItems: [.init(text: "x", owner: .user, due: "soon", evidence: [])],
        closed: [.init(ref: "o9", how: .done, evidence: ["m1"])],
        retracted: [.init(ref: "f9", why: .noLongerTrue, evidence: ["m1"])],
        entities: [.init(name: "", type: .other, evidence: ["m1"])]))
    #expect(memory.facts.map(\.text) == ["Kept.", "Replaces what is not known."])
    #expect(memory.facts[0].evidence == [1])
    #expect(memory.provenance.droppedItems == 8)
  }

  @Test func factAboutTheUserRestsOnAMessageOfTheUser() throws {
    var booking = fact("The table is booked.", ["m2"])
    booking.about = .other
    let memory = try merge(
      extraction(facts: [fact("Lives in Rome.", ["m2", "m4"]), fact("Likes tea.", ["m2", "m3"]), booking]))
    #expect(memory.facts.map(\.text) == ["Likes tea.", "The table is booked."])
    #expect(memory.facts.map(\.evidence) == [[2, 3], [2]])
    #expect(memory.provenance.droppedItems == 1)
  }

  @Test func lengthsCountsDatesAndSecretsAreChecked() throws {
    var long = fact(String(repeating: "x ", count: 500), ["m1"])
    long.validFrom = "next week"
    var found = extraction(facts: [long, fact("The PIN is 4711.", ["m1"])])
    found.title = String(repeating: "t", count: 500)
    found.summary = "a\0b password: abc"
    found.language = ""
    found.topics = (0..<50).map { "topic \($0)" }
    let memory = try merge(found)
    #expect(memory.facts[0].text.unicodeScalars.count == 400)
    #expect(memory.facts[0].validFrom == nil)
    #expect(memory.facts[1].text == "The PIN is [redacted].")
    #expect(memory.summary == "ab password: [redacted]")
    #expect(memory.language == nil)
    #expect(memory.topics.count == 12)
    #expect(memory.provenance.redactions == 2)
  }

  @Test func listsAreCappedFromTheEndedAndOldest() throws {
    let first = try merge(extraction(facts: (0..<150).map { fact("Fact \($0).", ["m1"]) }))
    let second = try merge(
      extraction(
        facts: (150..<260).map { fact("Fact \($0).", ["m1"]) },
        retracted: [.init(ref: "f3", why: .noLongerTrue, evidence: ["m1"])]), into: first, 5...6)
    #expect(second.facts.count == 200)
    #expect(!second.facts.contains { $0.status == .retracted })
    #expect((150..<260).allSatisfy { number in second.facts.contains { $0.text == "Fact \(number)." } })
    #expect(second.provenance.droppedItems == 60)
  }

  @Test func otherProgramsMemoriesAreNotTakenForOurs() throws {
    #expect(MemoryData(["favourite": "café"]) == nil)
    var newer = try #require(Fixture.json("example.memory_data.json").objectValue)
    newer["schema_version"] = 2
    #expect(MemoryData(.object(newer)) == nil)
  }

  private static let impossibleNumbers: [(String, String, JSONValue)] = [
    ("provenance", "windows", .integer(Int64.max)), ("provenance", "windows", .integer(-1)),
    ("provenance", "input_tokens", .integer((1 << 53) + 1)), ("provenance", "output_tokens", .integer(-1)),
    ("provenance", "redactions", .integer(Int64.max)), ("provenance", "dropped_items", .integer(Int64.max)),
    ("coverage", "messages", .integer(Int64.max)), ("coverage", "from_message_id", .integer(0)),
    ("coverage", "through_message_id", .integer(-1)),
  ]

  @Test(arguments: impossibleNumbers)
  func memoriesWithImpossibleNumbersAreNotTakenForOurs(part: String, member: String, number: JSONValue) throws {
    var memory = try #require(Fixture.json("example.memory_data.json").objectValue)
    var members = try #require(memory[part]?.objectValue)
    members[member] = number
    memory[part] = .object(members)
    #expect(MemoryData(.object(memory)) == nil)
  }

  @Test(arguments: ["facts", "open_items", "entities"])
  func evidenceThatIsNoMessageIsNotTakenForOurs(list: String) throws {
    var memory = try #require(Fixture.json("example.memory_data.json").objectValue)
    var item = try #require(memory[list]?.arrayValue?.first?.objectValue)
    item["evidence"] = [.integer(Int64.min)]
    memory[list] = [.object(item)]
    #expect(MemoryData(.object(memory)) == nil)
  }
}
