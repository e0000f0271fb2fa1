import JSON
import LambdaEvents

/// The JSON object in a request's body, read member by member. Members that no route asks for are ignored.
///
/// What is wrong is collected, so that one answer tells all of it: readers give a stand-in for a member that is missing
/// or wrong, and ``check()`` throws when there was one.
///
/// ```swift
/// var body = try RequestBody(request)
/// let content = body.text("content")
/// try body.check()
/// ```
struct RequestBody {
  /// The largest body that is read.
  static let maximumBytes = 1 << 20

  private let object: JSONObject
  private var faults: [Problem.Fault] = []

  /// Reads the body; without one and `optional`, it is an empty object.
  init(_ request: Request, optional: Bool = false) throws(Problem) {
    let bytes: [UInt8]
    do {
      bytes = try request.event.bodyBytes()
    } catch {
      throw .badRequest("The event says that its body is base64, and it is not.")
    }
    guard bytes.count <= Self.maximumBytes else {
      throw .contentTooLarge("The body has \(bytes.count) bytes; \(Self.maximumBytes) are the most.")
    }
    if bytes.isEmpty {
      guard optional else { throw .badRequest("The request has no body, where a JSON object is expected.") }
      object = JSONObject()
      return
    }
    if let type = request.header("content-type"), !Self.isJSON(type) {
      throw .unsupportedMediaType("The body is said to be \(type); only application/json is understood.")
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .badRequest("The body is not JSON: \(error)")
    }
    guard let object = value.objectValue else { throw .unprocessable("", "must be an object") }
    self.object = object
  }

  /// Throws a problem that names each member that was missing or wrong.
  func check() throws(Problem) {
    guard faults.isEmpty else { throw .unprocessable(faults) }
  }

  /// A text that is not empty.
  mutating func text(_ name: String, maximumLength: Int? = nil) -> String {
    guard let value = required(name) else { return "" }
    guard let text = value.stringValue else { return fault(name, "must be a string", "") }
    guard !text.isEmpty else { return fault(name, "must not be empty", "") }
    guard !text.utf8.contains(0) else { return fault(name, Self.nulIsRefused, "") }
    if let maximumLength, text.unicodeScalars.count > maximumLength {
      return fault(name, "must have at most \(maximumLength) characters", "")
    }
    return text
  }

  /// One of a few texts.
  mutating func choice(_ name: String, of choices: [String]) -> String {
    guard let value = required(name) else { return "" }
    guard let text = value.stringValue, choices.contains(text) else {
      return fault(name, "must be one of \(choices.joined(separator: ", "))", "")
    }
    return text
  }

  /// A phone number in E.164 form.
  mutating func phoneNumber(_ name: String) -> String {
    guard let value = required(name) else { return "" }
    guard let text = value.stringValue, Self.isPhoneNumber(text) else {
      return fault(name, "must be a phone number in E.164 form, such as +15551234567", "")
    }
    return text
  }

  /// An id that must be there.
  mutating func id(_ name: String) -> Int64 {
    required(name).map { id(name, $0, minimum: 1) } ?? 0
  }

  /// A whole number of at least `minimum`, when it is there and not null.
  mutating func optionalID(_ name: String, minimum: Int64 = 1) -> Int64? {
    object[name].flatMap { $0.isNull ? nil : id(name, $0, minimum: minimum) }
  }

  /// Any JSON object, as long as PostgreSQL can store it.
  mutating func document(_ name: String) -> JSONValue {
    guard let value = required(name) else { return .null }
    guard value.objectValue != nil else { return fault(name, "must be an object", .null) }
    faults += value.storageFaults(in: name)
    return value
  }

  private mutating func id(_ name: String, _ value: JSONValue, minimum: Int64) -> Int64 {
    guard let id = value.int64Value, id >= minimum else {
      return fault(name, "must be a whole number from \(minimum) to \(Int64.max)", 0)
    }
    return id
  }

  private mutating func required(_ name: String) -> JSONValue? {
    if let value = object[name] { return value }
    return fault(name, "is missing", nil)
  }

  /// Notes a fault and hands out the stand-in.
  private mutating func fault<T>(_ name: String, _ detail: String, _ standIn: T) -> T {
    faults.append(Problem.Fault(place: .pointer(Self.pointer(name)), detail: detail))
    return standIn
  }

  static let nulIsRefused = "must not have the character U+0000"

  private static func pointer(_ name: String) -> String { "/" + JSONPointer.escape(name) }

  private static func isJSON(_ contentType: String) -> Bool {
    let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
    return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
  }

  private static func isPhoneNumber(_ text: String) -> Bool {
    let digits = text.utf8.dropFirst()
    return text.utf8.first == UInt8(ascii: "+") && (4...15).contains(digits.count)
      && digits.first != UInt8(ascii: "0")
      && digits.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }
}
