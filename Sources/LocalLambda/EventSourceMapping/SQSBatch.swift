/// The records of one invocation: as many as the batch size and Lambda's payload allow.
struct SQSBatch: Sendable {
  /// The largest event.
  static let maximumBytes = 6 * 1_024 * 1_024
  private static let prefix = Array(#"{"Records":["#.utf8)
  private static let suffix = Array("]}".utf8)

  private let size: Int
  /// When its first message was received.
  var begunAt = ContinuousClock.now
  private(set) var records: [SQSRecord] = []
  /// Where each message's record is.
  private var places: [String: Int] = [:]
  private var bytes = prefix.count + suffix.count
  /// A record did not fit any more.
  private var isOverflowing = false

  init(size: Int) { self.size = size }

  /// How many more records may come.
  var room: Int { isOverflowing ? 0 : size - records.count }
  /// Whether it is sent off without waiting for more.
  var isFull: Bool { room == 0 }
  var messageIDs: Set<String> { Set(records.map(\.messageID)) }
  var receiptHandles: [String] { records.map(\.receiptHandle) }

  /// Adds a record, unless the event would be too large with it. A batch of one takes any record.
  ///
  /// A message that is received again while the batch waits for more takes the place of its older record, whose receipt
  /// handle may be no good any more; but for a digit it is as long.
  mutating func add(_ record: SQSRecord) -> Bool {
    if let place = places[record.messageID] {
      bytes += record.json.count - records[place].json.count
      records[place] = record
      return true
    }
    let added = record.json.count + (records.isEmpty ? 0 : 1)
    guard records.isEmpty || bytes + added <= Self.maximumBytes else {
      isOverflowing = true
      return false
    }
    places[record.messageID] = records.count
    records.append(record)
    bytes += added
    return true
  }

  /// The event's JSON.
  var payload: [UInt8] {
    var payload: [UInt8] = []
    payload.reserveCapacity(bytes)
    payload += Self.prefix
    for (index, record) in records.enumerated() {
      if index > 0 { payload.append(UInt8(ascii: ",")) }
      payload += record.json
    }
    payload += Self.suffix
    return payload
  }
}
