/// What a consumer holds for a message it received: it names the queue, the message and the receive.
struct ReceiptHandle: Sendable, Hashable, HexadecimalText {
  static let length = 48
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
    var text = text
    let handle = text.withUTF8 { digits -> ReceiptHandle? in
      guard digits.count == 48, let tag = Hex.value(of: digits[0..<16]), let sequence = Hex.value(of: digits[16..<32]),
        let slot = Hex.value(of: digits[32..<40]), let receive = Hex.value(of: digits[40..<48])
      else { return nil }
      return ReceiptHandle(queueTag: tag, sequence: sequence, slot: UInt32(slot), receive: UInt32(receive))
    }
    guard let handle else { return nil }
    self = handle
  }

  func write(to text: inout Hex) {
    text.append(queueTag)
    text.append(sequence)
    text.append(UInt64(slot), digits: 8)
    text.append(UInt64(receive), digits: 8)
  }
}

/// What is wrong with a receipt handle, or with what is asked for with it.
extension SQSError {
  static func noHandle(_ text: String) -> SQSError {
    SQSError(.receiptHandleIsInvalid, "The input receipt handle \"\(text)\" is not a valid receipt handle.")
  }

  static func expired(_ handle: String) -> SQSError {
    SQSError(
      .invalidParameterValue,
      "Value \(handle) for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.")
  }

  static func notHidden(_ handle: String) -> SQSError {
    SQSError(
      .invalidParameterValue,
      "Value \(handle) for parameter ReceiptHandle is invalid. "
        + "Reason: Message does not exist or is not available for visibility timeout change.")
  }

  static func hiddenTooLong(_ seconds: Int) -> SQSError {
    SQSError(
      .invalidParameterValue,
      "Value \(seconds) for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is "
        + "beyond the limit [\(SQSLimits.visibilitySeconds.upperBound) seconds]")
  }
}
