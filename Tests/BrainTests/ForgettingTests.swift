import JSON
import Testing

@testable import Brain

/// «Forget my address» leaves no word of it in the memory.
@Suite struct ForgettingTests: MergeSuite {
  private static let firstMessages: [Int64: String] = [
    1: "I am Ana and live at Lindenstrasse 5, next to Osteria Lucca.", 3: "I like tea, from Bakery Luna.",
  ]

  /// What is known of a user who moved house: the address is fact `f3`.
  private func moved() throws -> MemoryData {
    var old = fact("Lives at Lindenstrasse 5.", ["m1"])
    old.validFrom = "2020-01-01"
    var found = extraction(
      facts: [old, fact("The user's name is Ana.", ["m1"]), fact("Likes tea.", ["m3"])],
      openItems: [
        .init(text: "Send the parcel to Lindenstrasse 5.", owner: .assistant, due: "2026-03-05", evidence: ["m3"]),
        .init(text: "Water the plants.", owner: .user, due: nil, evidence: ["m1"]),
        .init(text: "Call the baker.", owner: .assistant, due: nil, evidence: ["m3"]),
      ],
      entities: [
        .init(name: "Lindenstrasse 5", type: .place, evidence: ["m1", "m3"]),
        .init(name: "Osteria Lucca", type: .organisation, evidence: ["m1"]),
        .init(name: "Ana", type: .person, evidence: ["m1"]),
        .init(name: "Bakery Luna", type: .organisation, evidence: ["m3"]),
      ])
    found.summary = "Ana lives at Lindenstrasse 5."
    found.topics = ["house move"]
    let once = try merge(found, saying: Self.firstMessages)
    #expect(once.entities.count == 4)
    return try merge(
      extraction(
        facts: [fact("Lives at Hauptstrasse 9.", ["m1"], replaces: "f1")],
        entities: [.init(name: "Hauptstrasse 9", type: .place, evidence: ["m1"])]),
      into: once, 5...8, saying: [5: "I moved to Hauptstrasse 9."])
  }

  /// An answer to the request to forget the address, which is the message `m1`.
  private func request(facts: [Extraction.Fact] = []) -> Extraction {
    extraction(
      facts: facts, retracted: [.init(ref: "f3", why: .askedToForget, evidence: ["m1"])],
      entities: [.init(name: "Hauptstrasse 9", type: .place, evidence: ["m1"])])
  }

  private func forget(_ request: Extraction, in memory: MemoryData) throws -> MemoryData {
    try merge(request, into: memory, 9...12, saying: [9: "Forget Hauptstrasse 9 and all my addresses!"])
  }

  @Test func nothingOfItIsLeft() throws {
    let text = try JSONCoding.encodeValue(forget(request(), in: moved())).serialized
    #expect(!text.contains("strasse"))
    #expect(!text.contains("house move"))
  }

  @Test func factGoesWithAllThatItTookThePlaceOf() throws {
    let memory = try forget(request(), in: moved())
    #expect(memory.facts.map(\.status) == [.retracted, .active, .active, .retracted])
    #expect(memory.facts.map(\.text) == ["[forgotten]", "The user's name is Ana.", "Likes tea.", "[forgotten]"])
    // The old address had ended when the new one was told; what matters now is when the request was made.
    #expect(memory.facts.map(\.endedAt) == ["2026-03-02T09:00:09Z", nil, nil, "2026-03-02T09:00:09Z"])
    #expect(memory.facts[0].validFrom == nil)
    #expect(KnownItems(of: memory, windowTokens: 12_000).facts == [1, 2])
  }

  /// A correction names no fact that takes the place of the one that was wrong.
  @Test func whatWasCorrectedBeforeGoesToo() throws {
    let once = try merge(
      extraction(facts: [fact("Lives at Lindenstrasse 5.", ["m1"]), fact("Likes tea.", ["m3"])]),
      saying: Self.firstMessages)
    let corrected = try merge(
      extraction(
        facts: [fact("Lives at Lindenstrasse 7.", ["m1"])],
        retracted: [.init(ref: "f1", why: .corrected, evidence: ["m1"])]),
      into: once, 5...6, saying: [5: "Sorry, Lindenstrasse 7."])
    #expect(corrected.facts.map(\.status) == [.retracted, .active, .active])
    let memory = try merge(
      extraction(retracted: [.init(ref: "f2", why: .askedToForget, evidence: ["m1"])]), into: corrected, 7...8,
      saying: [7: "Forget my address."])
    #expect(memory.facts.map(\.text) == ["[forgotten]", "Likes tea.", "[forgotten]"])
  }

  /// A message that was put in by hand has what came after it read once more.
  @Test func whatIsReadAgainStaysForgotten() throws {
    let memory = try forget(request(), in: moved())
    let again = try merge(
      extraction(facts: [fact("Lives at Hauptstrasse 9.", ["m1"]), fact("Lives at Lindenstrasse 5.", ["m1"])]),
      into: memory, 5...8, saying: [5: "I moved from Lindenstrasse 5 to Hauptstrasse 9."])
    #expect(again.facts.map(\.text) == memory.facts.map(\.text))
    #expect(again.facts.map(\.status) == memory.facts.map(\.status))
  }

  @Test func openItemsGoThatNameItAndNoOthers() throws {
    let memory = try forget(request(), in: moved())
    #expect(memory.openItems.map(\.text) == ["[forgotten]", "Water the plants.", "Call the baker."])
    #expect(memory.openItems.map(\.status) == [.dropped, .open, .open])
    #expect(memory.openItems[0].due == nil)
  }

  @Test func entitiesGoButForThoseOfTheFactsThatRemain() throws {
    let memory = try forget(request(), in: moved())
    #expect(memory.entities.map(\.name) == ["Ana", "Bakery Luna"])
  }

  @Test func titleSummaryAndTopicsDoNotTellIt() throws {
    var told = request()
    told.title = "Away from Hauptstrasse"
    told.summary = "Ana asked to forget that she lived at LINDENSTRASSE."
    told.topics = ["Lindenstrasse", "privacy"]
    let memory = try forget(told, in: moved())
    #expect(memory.title == "The user's name is Ana. Likes tea.")
    #expect(memory.summary == "The user's name is Ana. Likes tea.")
    #expect(memory.topics == ["privacy"])
  }

  @Test func titleAndSummaryThatDoNotTellItStay() throws {
    var discreet = request()
    discreet.title = "Tea"
    discreet.summary = "Ana likes tea, and asked to forget something."
    let memory = try forget(discreet, in: moved())
    #expect(memory.title == discreet.title)
    #expect(memory.summary == discreet.summary)
  }

  @Test func summaryBeforeIsNotKeptWhereItTellsIt() throws {
    var before = try moved()
    before.summary = "Ana lives at Lindenstrasse 5."
    var empty = request()
    empty.summary = ""
    #expect(try forget(empty, in: before).summary == "The user's name is Ana. Likes tea.")
  }

  @Test(arguments: [
    ("The user is allergic to peanuts.", "Has a peanut allergy."), ("Born on 1990-05-12.", "The date is 1990-05-12."),
    ("The user's boss is Kim.", "Kim called."), ("The gate is at A7.", "About a7."), ("Lives with cats.", "Cats."),
    ("ユーザーは東京に住んでいます。", "東京の話です。"),
  ])
  func summaryTellsItByOneWord(forgotten: String, summary: String) throws {
    let once = try merge(extraction(facts: [fact(forgotten, ["m1"]), fact("Likes tea.", ["m3"])]))
    var found = extraction(retracted: [.init(ref: "f1", why: .askedToForget, evidence: ["m1"])])
    found.summary = summary
    #expect(try merge(found, into: once, 5...6).summary == "Likes tea.")
  }

  @Test func whatIsSaidNoLaterThanTheRequestIsForgottenToo() throws {
    let again = [fact("Lives at Hauptstrasse 9.", ["m1"]), fact("Wants Hauptstrasse 9 forgotten.", ["m1"])]
    let memory = try forget(request(facts: again), in: moved())
    #expect(memory.facts.count == 4)
    #expect(memory.facts[3].status == .retracted)
    #expect(memory.provenance.droppedItems == 2)
  }

  @Test func whatIsSaidAfterTheRequestIsKnownAgain() throws {
    let again = [fact("Lives at Hauptstrasse 9.", ["m3"])]
    let memory = try forget(request(facts: again), in: moved())
    #expect(memory.facts[3].status == .active)
    #expect(memory.facts[3].text == "Lives at Hauptstrasse 9.")
    #expect(memory.facts[0].text == "[forgotten]")
    #expect(memory.entities.map(\.name) == ["Ana", "Bakery Luna", "Hauptstrasse 9"])
  }

  @Test func openItemThatIsAskedForAgainHasItsText() throws {
    let memory = try forget(request(), in: moved())
    let parcel = "Send the parcel to Lindenstrasse 5."
    let again = extraction(openItems: [.init(text: parcel, owner: .assistant, due: nil, evidence: ["m1"])])
    let later = try merge(again, into: memory, 13...14)
    #expect(later.openItems.map(\.text) == [parcel, "Water the plants.", "Call the baker."])
    #expect(later.openItems[0].status == .open)
  }
}
