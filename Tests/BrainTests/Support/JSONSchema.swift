import Foundation
import JSON

/// The part of JSON Schema that the memory's schema uses. A keyword that is not known is a fault, so that no rule is
/// passed over.
struct JSONSchema {
  let schema: JSONValue

  /// What is wrong with `value`, each fault with its place; empty when it fits.
  func faults(of value: JSONValue) -> [String] {
    Self.faults(of: value, by: schema, at: "")
  }

  private static func faults(of value: JSONValue, by schema: JSONValue, at place: String) -> [String] {
    var faults: [String] = []
    for (keyword, rule) in (schema.objectValue?.members ?? []).map({ ($0.name, $0.value) }) {
      func check(_ holds: Bool) {
        if !holds { faults.append("\(place): \(keyword) \(rule) does not hold for \(value)") }
      }
      switch keyword {
      case "$schema", "$id", "title", "description": break
      case "type":
        let types = rule.stringValue.map { [$0] } ?? rule.arrayValue?.compactMap(\.stringValue) ?? []
        check(types.contains { isType($0, value) })
      case "const": check(value == rule)
      case "enum": check(rule.arrayValue?.contains(value) == true)
      case "required":
        check((rule.arrayValue ?? []).allSatisfy { $0.stringValue.flatMap { value[$0] } != nil })
      case "additionalProperties":
        let known = Set(schema["properties"]?.objectValue?.members.map(\.name) ?? [])
        check(rule == false && (value.objectValue?.members ?? []).allSatisfy { known.contains($0.name) })
      case "properties":
        for member in rule.objectValue?.members ?? [] {
          guard let inner = value[member.name] else { continue }
          faults += Self.faults(of: inner, by: member.value, at: "\(place)/\(member.name)")
        }
      case "items":
        for (index, element) in (value.arrayValue ?? []).enumerated() {
          faults += Self.faults(of: element, by: rule, at: "\(place)/\(index)")
        }
      case "minLength": check(value.stringValue.map { $0.unicodeScalars.count >= number(rule) } ?? true)
      case "maxLength": check(value.stringValue.map { $0.unicodeScalars.count <= number(rule) } ?? true)
      case "minItems": check(value.arrayValue.map { $0.count >= number(rule) } ?? true)
      case "maxItems": check(value.arrayValue.map { $0.count <= number(rule) } ?? true)
      case "uniqueItems": check(value.arrayValue.map { Set($0).count == $0.count } ?? true)
      case "minimum": check(value.int64Value.map { $0 >= number(rule) } ?? true)
      case "pattern": check(matches(value, rule))
      case "format": check(hasFormat(value, rule))
      default: faults.append("\(place): the keyword \(keyword) is not known")
      }
    }
    return faults
  }

  private static func number(_ rule: JSONValue) -> Int {
    Int(rule.int64Value ?? -1)
  }

  private static func isType(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null): true
    case ("number", .number): true
    case ("integer", .number(let number)): number.int64 != nil
    default: false
    }
  }

  private static func matches(_ value: JSONValue, _ rule: JSONValue) -> Bool {
    guard let text = value.stringValue else { return true }
    guard let pattern = rule.stringValue, let regex = try? Regex(pattern) else { return false }
    return text.contains(regex)
  }

  private static func hasFormat(_ value: JSONValue, _ rule: JSONValue) -> Bool {
    guard let text = value.stringValue else { return true }
    switch rule {
    case "date": return text.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil
    case "date-time": return text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil
    default: return false
    }
  }
}

/// The files beside the tests.
enum Fixture {
  static func json(_ name: String) throws -> JSONValue {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures").appending(path: name)
    return try JSONValue(parsing: Array(Data(contentsOf: url)))
  }

  static func memorySchema() throws -> JSONSchema {
    JSONSchema(schema: try json("memory_data.v1.json"))
  }
}
