/// Takes the parts of `Encodable` types into a `JSONValue`.
struct JSONValueEncoder: Encoder {
  let storage: Storage
  let path: JSONCodingPath

  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The value under construction. A container given to an `Encodable` outlives the call that made it, so that
  /// parts are kept by reference and put together at the end.
  final class Storage {
    var value: JSONValue?
    var members: [(name: String, part: Storage)]?
    var elements: [Storage]?

    init(_ value: JSONValue? = nil) {
      self.value = value
    }

    func finished() -> JSONValue? {
      if let members {
        return .object(
          JSONObject(members.compactMap { name, part in part.finished().map { .init(name: name, value: $0) } }))
      }
      return elements.map { .array($0.map { $0.finished() ?? .null }) } ?? value
    }
  }

  static func box(_ value: some Encodable, path: JSONCodingPath) throws -> JSONValue {
    if let value = value as? JSONValue { return value }
    if let text = value as? String { return .string(text) }
    let storage = Storage()
    try value.encode(to: JSONValueEncoder(storage: storage, path: path))
    guard let result = storage.finished() else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: path.keys, debugDescription: "\(type(of: value)) encoded nothing."))
    }
    return result
  }

  static func number(_ double: Double, path: JSONCodingPath) throws -> JSONValue {
    guard let number = JSONNumber(double) else {
      throw EncodingError.invalidValue(
        double, .init(codingPath: path.keys, debugDescription: "JSON cannot write \(double)."))
    }
    return .number(number)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    storage.members = storage.members ?? []
    return KeyedEncodingContainer(KeyedContainer(storage: storage, path: path))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    storage.elements = storage.elements ?? []
    return UnkeyedContainer(storage: storage, path: path)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleContainer(storage: storage, path: path)
  }

  private struct SingleContainer: SingleValueEncodingContainer {
    let storage: Storage
    let path: JSONCodingPath

    var codingPath: [any CodingKey] { path.keys }

    func encodeNil() { storage.value = .null }
    func encode(_ value: Bool) { storage.value = .bool(value) }
    func encode(_ value: String) { storage.value = .string(value) }
    func encode(_ value: Double) throws { storage.value = try number(value, path: path) }
    func encode(_ value: Float) throws { storage.value = try number(Double(value), path: path) }
    func encode(_ value: Int) { storage.value = .integer(value) }
    func encode(_ value: Int8) { storage.value = .integer(value) }
    func encode(_ value: Int16) { storage.value = .integer(value) }
    func encode(_ value: Int32) { storage.value = .integer(value) }
    func encode(_ value: Int64) { storage.value = .integer(value) }
    func encode(_ value: UInt) { storage.value = .integer(value) }
    func encode(_ value: UInt8) { storage.value = .integer(value) }
    func encode(_ value: UInt16) { storage.value = .integer(value) }
    func encode(_ value: UInt32) { storage.value = .integer(value) }
    func encode(_ value: UInt64) { storage.value = .integer(value) }
    func encode(_ value: some Encodable) throws { storage.value = try box(value, path: path) }
  }

  private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let storage: Storage
    let path: JSONCodingPath

    var codingPath: [any CodingKey] { path.keys }

    private func part(_ key: any CodingKey, _ value: JSONValue? = nil) -> Storage {
      let part = Storage(value)
      storage.members?.append((key.stringValue, part))
      return part
    }

    func encodeNil(forKey key: Key) { _ = part(key, .null) }
    func encode(_ value: Bool, forKey key: Key) { _ = part(key, .bool(value)) }
    func encode(_ value: String, forKey key: Key) { _ = part(key, .string(value)) }
    func encode(_ value: Double, forKey key: Key) throws { _ = part(key, try number(value, path: .child(path, key))) }
    func encode(_ value: Float, forKey key: Key) throws {
      _ = part(key, try number(Double(value), path: .child(path, key)))
    }
    func encode(_ value: Int, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: Int8, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: Int16, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: Int32, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: Int64, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: UInt, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: UInt8, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: UInt16, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: UInt32, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: UInt64, forKey key: Key) { _ = part(key, .integer(value)) }
    func encode(_ value: some Encodable, forKey key: Key) throws {
      _ = part(key, try box(value, path: .child(path, key)))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<
      Nested
    > {
      JSONValueEncoder(storage: part(key), path: .child(path, key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      JSONValueEncoder(storage: part(key), path: .child(path, key)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
      let key = JSONCodingKey(stringValue: "super")
      return JSONValueEncoder(storage: part(key), path: .child(path, key))
    }

    func superEncoder(forKey key: Key) -> any Encoder {
      JSONValueEncoder(storage: part(key), path: .child(path, key))
    }
  }

  private struct UnkeyedContainer: UnkeyedEncodingContainer {
    let storage: Storage
    let path: JSONCodingPath

    var codingPath: [any CodingKey] { path.keys }
    var count: Int { storage.elements?.count ?? 0 }

    private func part(_ value: JSONValue? = nil) -> Storage {
      let part = Storage(value)
      storage.elements?.append(part)
      return part
    }

    private func nested() -> JSONValueEncoder {
      let path = JSONCodingPath.child(path, JSONCodingKey(intValue: count))
      return JSONValueEncoder(storage: part(), path: path)
    }

    func encodeNil() { _ = part(.null) }
    func encode(_ value: Bool) { _ = part(.bool(value)) }
    func encode(_ value: String) { _ = part(.string(value)) }
    func encode(_ value: Double) throws { _ = part(try number(value, path: path)) }
    func encode(_ value: Float) throws { _ = part(try number(Double(value), path: path)) }
    func encode(_ value: Int) { _ = part(.integer(value)) }
    func encode(_ value: Int8) { _ = part(.integer(value)) }
    func encode(_ value: Int16) { _ = part(.integer(value)) }
    func encode(_ value: Int32) { _ = part(.integer(value)) }
    func encode(_ value: Int64) { _ = part(.integer(value)) }
    func encode(_ value: UInt) { _ = part(.integer(value)) }
    func encode(_ value: UInt8) { _ = part(.integer(value)) }
    func encode(_ value: UInt16) { _ = part(.integer(value)) }
    func encode(_ value: UInt32) { _ = part(.integer(value)) }
    func encode(_ value: UInt64) { _ = part(.integer(value)) }
    func encode(_ value: some Encodable) throws {
      _ = part(try box(value, path: .child(path, JSONCodingKey(intValue: count))))
    }

    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
      nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
    func superEncoder() -> any Encoder { nested() }
  }
}
