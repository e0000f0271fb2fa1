import JSON

// What PostgreSQL's jsonb can hold of a document, and what it would write differently.

extension JSONValue {
  /// The most digits that a number may have when it is written without an exponent.
  static let maximumDigits = 1000

  /// The most faults that an answer lists.
  private static let maximumFaults = 100

  /// Whether jsonb can hold every value.
  var canBeStored: Bool {
    switch self {
    case .null, .bool: true
    case .number(let number): number.writtenOutDigits <= Self.maximumDigits
    case .string(let text): !text.utf8.contains(0)
    case .array(let elements): elements.allSatisfy(\.canBeStored)
    case .object(let object): object.allSatisfy { !$0.name.utf8.contains(0) && $0.value.canBeStored }
    }
  }

  /// Notes each value that jsonb cannot hold, with a pointer to it.
  func collectFaults(at pointer: String, into faults: inout [Problem.Fault]) {
    guard faults.count < Self.maximumFaults else { return }
    switch self {
    case .null, .bool: break
    case .number(let number):
      if number.writtenOutDigits > Self.maximumDigits {
        faults.append(
          Problem.Fault(
            place: .pointer(pointer), detail: "has more than \(Self.maximumDigits) digits when it is written out"))
      }
    case .string(let text):
      if text.utf8.contains(0) {
        faults.append(Problem.Fault(place: .pointer(pointer), detail: RequestBody.nulIsRefused))
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        element.collectFaults(at: "\(pointer)/\(index)", into: &faults)
      }
    case .object(let object):
      for member in object {
        let pointer = "\(pointer)/\(JSONPointer.escape(member.name))"
        if member.name.utf8.contains(0) {
          faults.append(Problem.Fault(place: .pointer(pointer), detail: "the name \(RequestBody.nulIsRefused)"))
        }
        member.value.collectFaults(at: pointer, into: &faults)
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
