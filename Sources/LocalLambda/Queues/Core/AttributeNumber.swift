/// What an attribute of type `Number` may hold: a decimal number, perhaps with an exponent, of up to 38 digits and of
/// [a magnitude of 10^-128 to 10^126](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).
enum AttributeNumber {
  static func isValid(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest.removeFirst() }
    let mantissa = rest.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
    // 32 bits, so that nothing overflows below.
    let power = rest[mantissa.endIndex...]
    guard let exponent = power.isEmpty ? 0 : Int32(Substring(power.dropFirst())) else { return false }
    let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
    let digits = Array(whole) + mantissa[whole.endIndex...].dropFirst()
    guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return false
    }
    func counts(_ digit: UInt8) -> Bool { digit != UInt8(ascii: "0") }
    // Zero is zero, with whatever exponent.
    guard let first = digits.firstIndex(where: counts), let last = digits.lastIndex(where: counts) else { return true }
    // Which power of ten the first digit that counts stands for.
    let magnitude = Int(exponent) + whole.count - 1 - first
    let isPowerOfTen = first == last && digits[first] == UInt8(ascii: "1")
    return last - first < SQSLimits.numberDigits && SQSLimits.numberMagnitudes.contains(magnitude)
      && (magnitude < SQSLimits.numberMagnitudes.upperBound || isPowerOfTen)
  }
}
