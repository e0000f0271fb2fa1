extension Queue {
  /// How many messages are in which state.
  struct Counts: Sendable, Hashable {
    var available = 0
    var delayed = 0
    var inFlight = 0

    var total: Int { available + delayed + inFlight }

    subscript(state: Message.State) -> Int {
      get {
        switch state {
        case .available: available
        case .delayed: delayed
        case .inFlight: inFlight
        }
      }
      set {
        switch state {
        case .available: available = newValue
        case .delayed: delayed = newValue
        case .inFlight: inFlight = newValue
        }
      }
    }
  }

  /// A message as one receive hands it out.
  struct Delivery: Sendable {
    let message: Message
    let handle: ReceiptHandle
  }

  /// What a receive took out of the queue.
  struct Reception: Sendable {
    var deliveries: [Delivery] = []
    /// Messages that were received too often: they are no longer in this queue.
    var deadLetters: [Message] = []
  }
}
