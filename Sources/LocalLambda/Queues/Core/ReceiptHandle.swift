/// What a consumer holds for a message it received: it names the queue, the message and the receive.
struct ReceiptHandle: Sendable, Hashable, CustomStringConvertible {
  /// The queue's secret; a handle of another queue, or an invented one, does not carry it.
  let queueTag: UInt64
  let sequence: UInt64
  let slot: UInt32
  /// Which receive of the message this was.
  let receive: UInt32

  init(queueTag: UInt64, sequence: UInt64, slot: UInt32, receive: UInt32) {
    self.queueTag = queueTag
    self.sequence = sequence
    self.slot = slot
    self.receive = receive
  }

  init?(_ text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 48, let tag = Hex.value(of: digits[0..<16]), let sequence = Hex.value(of: digits[16..<32]),
      let slot = Hex.value(of: digits[32..<40]), let receive = Hex.value(of: digits[40..<48])
    else { return nil }
    self.init(queueTag: tag, sequence: sequence, slot: UInt32(slot), receive: UInt32(receive))
  }

  var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(48)
    Hex.append(queueTag, digits: 16, to: &bytes)
    Hex.append(sequence, digits: 16, to: &bytes)
    Hex.append(UInt64(slot), digits: 8, to: &bytes)
    Hex.append(UInt64(receive), digits: 8, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
