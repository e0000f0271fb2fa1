/// Amazon SQS's limits, in one place.
enum SQSLimits {
  static let messageBytes = 1...1_048_576
  static let maximumMessageSizeAttribute = 1_024...1_048_576
  static let batchEntries = 10
  static let batchBytes = 1_048_576
  static let receivedMessages = 1...10
  static let waitSeconds = 0...20
  static let visibilitySeconds = 0...43_200
  static let delaySeconds = 0...900
  static let retentionSeconds = 60...1_209_600
  static let messagesInFlight = 120_000
  static let nameLength = 1...80
  static let tokenLength = 1...128
  static let messageAttributes = 10
  static let attributeNameLength = 1...256
  static let deduplicationSeconds = 300
  static let tags = 50
  static let tagKeyLength = 1...128
  static let tagValueLength = 0...256
  static let grantedActions = 7
  static let receiveCount = 1...1_000
  static let listedQueues = 1...1_000
  static let redriveSources = 1...10
  static let moveTasks = 1...10
  static let movedPerSecond = 1...500
  static let coolDownSeconds = 60
  static let attributeTypeBytes = 1...256
  static let numberDigits = 38
  /// The powers of ten between which, both included, numbers may be.
  static let numberMagnitudes = -128...126

  /// Letters, digits, hyphens and underscores: what queue names and batch entry ids are made of.
  static func isPlainName(_ text: Substring) -> Bool {
    nameLength.contains(text.utf8.count)
      && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
  }

  /// A message group or deduplication id: alphanumeric and punctuation characters, no space.
  static func isToken(_ text: String) -> Bool {
    tokenLength.contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
