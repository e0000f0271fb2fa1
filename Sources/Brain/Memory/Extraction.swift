import JSON

/// What the model found in one window, in its own form: a change against what was known, by references.
struct Extraction: Decodable, Equatable {
  var title: String
  var summary: String
  var language: String
  var outcome: MemoryData.Outcome
  var sentiment: MemoryData.Sentiment
  var topics: [String]
  var facts: [Fact]
  var openItems: [OpenItem]
  /// Nil when nothing was open that could have been closed.
  var closedItems: [ClosedItem]?
  /// Nil when nothing was known that could have been retracted.
  var retracted: [Retraction]?
  var entities: [Entity]

  struct Fact: Decodable, Equatable {
    var kind: MemoryData.Fact.Kind
    var about: MemoryData.Fact.About
    var text: String
    var confidence: MemoryData.Fact.Confidence
    var validFrom: String?
    var validTo: String?
    var evidence: [String]
    var replaces: String?

    enum CodingKeys: String, CodingKey {
      case kind, about, text, confidence, evidence, replaces
      case validFrom = "valid_from"
      case validTo = "valid_to"
    }
  }

  struct OpenItem: Decodable, Equatable {
    var text: String
    var owner: MemoryData.OpenItem.Owner
    var due: String?
    var evidence: [String]
  }

  struct ClosedItem: Decodable, Equatable {
    enum How: String, Decodable { case done, dropped }

    var ref: String
    var how: How
    var evidence: [String]
  }

  struct Retraction: Decodable, Equatable {
    enum Reason: String, Decodable {
      case askedToForget = "user_asked_to_forget"
      case corrected = "user_corrected"
      case noLongerTrue = "no_longer_true"
    }

    var ref: String
    var why: Reason
    var evidence: [String]
  }

  struct Entity: Decodable, Equatable {
    var name: String
    var type: MemoryData.Entity.Kind
    var evidence: [String]
  }

  enum CodingKeys: String, CodingKey {
    case title, summary, language, outcome, sentiment, topics, facts, retracted, entities
    case openItems = "open_items"
    case closedItems = "closed_items"
  }
}

/// What is wrong with a model's answer, in words that help the model to do better.
struct ExtractionFault: Error, Equatable, CustomStringConvertible {
  let description: String
}

extension Extraction {
  /// Reads an answer strictly: nothing before or after the JSON but the fence of a Markdown code block, which models
  /// without structured output put around it; every member there and of its type.
  init(parsing answer: String) throws(ExtractionFault) {
    let value: JSONValue
    do {
      value = try JSONValue(parsingAnswer: Array(Self.withoutFence(answer).utf8))
    } catch {
      throw ExtractionFault(description: "The answer is not one JSON object: \(error)")
    }
    do {
      self = try JSONCoding.decode(Extraction.self, from: value)
    } catch {
      throw ExtractionFault(description: "The answer does not fit the schema: \(Self.describe(error))")
    }
  }

  /// What stands between ```` ```json ```` and ```` ``` ````, where these are an answer's first and last line.
  private static func withoutFence(_ answer: String) -> String {
    let text = answer.cleaned(limit: .max)
    guard text.hasPrefix("```") else { return answer }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.count > 2, let first = lines.first, first.dropFirst(3).allSatisfy(\.isLetter), lines.last == "```"
    else { return answer }
    return lines.dropFirst().dropLast().joined(separator: "\n")
  }

  private static func describe(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(_, let context), DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(let context):
      "at '/\(context.codingPath.map(\.stringValue).joined(separator: "/"))': \(context.debugDescription)"
    default: "\(error)"
    }
  }
}
