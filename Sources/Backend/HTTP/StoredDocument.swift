import JSON

// What PostgreSQL's jsonb can hold of a document, and what it would write differently.

extension JSONValue {
  /// The most digits that a number may have when it is written without an exponent.
  private static let maximumDigits = 1000

  /// What jsonb cannot hold of the member `name` of a body, which is this value; of very many faults the first ones.
  func storageFaults(in name: String) -> [Problem.Fault] {
    var faults: [StorageFault] = []
    collect(&faults)
    return faults.map { Problem.Fault(place: .pointer($0.inside(name).pointer), detail: $0.detail) }
  }

  /// Notes each value that jsonb cannot hold. Its path is put together on the way out, so that the many values without
  /// a fault pay for none.
  private func collect(_ faults: inout [StorageFault]) {
    guard faults.count < StorageFault.maximumCount else { return }
    switch self {
    case .number(let number) where number.writtenOutDigits > Self.maximumDigits:
      faults.append(StorageFault("has more than \(Self.maximumDigits) digits when it is written out"))
    case .string(let text) where text.utf8.contains(0):
      faults.append(StorageFault(RequestBody.nulIsRefused))
    case .null, .bool, .number, .string: break
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        let first = faults.count
        element.collect(&faults)
        for fault in first..<faults.count { faults[fault] = faults[fault].inside(String(index)) }
      }
    case .object(let object):
      for member in object {
        let first = faults.count
        if member.name.utf8.contains(0), first < StorageFault.maximumCount {
          faults.append(StorageFault("the name \(RequestBody.nulIsRefused)"))
        }
        member.value.collect(&faults)
        for fault in first..<faults.count { faults[fault] = faults[fault].inside(member.name) }
      }
    }
  }

  /// Whether jsonb would write a number of this document in another way than it was sent: it keeps all digits, but
  /// neither an exponent nor the sign of zero.
  var hasNumbersThatJSONBRewrites: Bool {
    switch self {
    case .null, .bool, .string: false
    case .number(let number): number.hasExponent || number.isNegativeZero
    case .array(let elements): elements.contains(where: \.hasNumbersThatJSONBRewrites)
    case .object(let object): object.contains(where: \.value.hasNumbersThatJSONBRewrites)
    }
  }
}

/// A value that jsonb cannot hold, and the names and indices that lead to it, the innermost first.
private struct StorageFault {
  /// The most faults that an answer lists.
  static let maximumCount = 100
  /// The most characters that an answer shows of the names in a pointer: each of them may fill a whole body.
  private static let maximumPointerLength = 1000

  let detail: String
  private var path: [String] = []

  init(_ detail: String) {
    self.detail = detail
  }

  func inside(_ token: String) -> StorageFault {
    var copy = self
    copy.path.append(token)
    return copy
  }

  /// Where the value is; of a very long pointer the beginning.
  var pointer: String {
    var pointer = ""
    var room = Self.maximumPointerLength
    for token in path.reversed() {
      let shown = token.unicodeScalars.prefix(room)
      pointer += "/" + JSONPointer.escape(String(shown))
      guard shown.endIndex == token.unicodeScalars.endIndex else { return pointer + "…" }
      room -= shown.count
    }
    return pointer
  }
}

extension JSONNumber {
  private static func isExponentMark(_ byte: UInt8) -> Bool { byte | 0x20 == UInt8(ascii: "e") }

  fileprivate var hasExponent: Bool { text.utf8.contains(where: Self.isExponentMark) }

  fileprivate var isNegativeZero: Bool {
    text.utf8.first == UInt8(ascii: "-")
      && text.utf8.prefix { !Self.isExponentMark($0) }.allSatisfy { !(UInt8(ascii: "1")...UInt8(ascii: "9") ~= $0) }
  }

  /// An upper bound of how many digits the number has without its exponent.
  fileprivate var writtenOutDigits: Int {
    let mantissa = text.utf8.prefix { !Self.isExponentMark($0) }
    guard mantissa.count < text.utf8.count else { return mantissa.count }
    // An exponent that is no Int is beyond every limit.
    guard let exponent = Int(text.utf8.dropFirst(mantissa.count + 1).decoded), exponent.magnitude < 1 << 32 else {
      return .max
    }
    return mantissa.count + Int(exponent.magnitude)
  }
}

extension Substring.UTF8View {
  fileprivate var decoded: Substring { Substring(self) }
}
