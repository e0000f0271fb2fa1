extension MessageAttribute {
  /// The message attributes of a request, checked.
  static func attributes(of input: ActionInput) throws(SQSError) -> [String: MessageAttribute] {
    let structures = try input.namedStructures("MessageAttributes", query: "MessageAttribute")
    guard structures.count <= SQSLimits.messageAttributes else {
      throw invalid("Number of message attributes [\(structures.count)] exceeds the allowed maximum [10].")
    }
    var attributes: [String: MessageAttribute] = [:]
    for (name, value) in structures {
      try checkName(name)
      attributes[name] = try MessageAttribute(value, named: name)
    }
    return attributes
  }

  /// One attribute of a request, checked.
  init(_ input: ActionInput, named name: String) throws(SQSError) {
    guard let dataType = try input.string("DataType"), !dataType.isEmpty else {
      throw Self.invalid("The message attribute '\(name)' must contain non-empty message attribute type.")
    }
    let type = dataType.prefix { $0 != "." }
    guard ["String", "Number", "Binary"].contains(type), SQSLimits.attributeTypeBytes.contains(dataType.utf8.count),
      OutgoingMessage.isAllowed(dataType)
    else {
      throw Self.invalid(
        "The message attribute '\(name)' has an invalid message attribute type, "
          + "the set of supported type prefixes is Binary, Number, and String.")
    }
    if type == "Binary" {
      guard let text = try input.string("BinaryValue"), let bytes = Base64.decode(text), !bytes.isEmpty else {
        throw Self.invalid("Message (user) attribute '\(name)' must contain a non-empty value of type 'Binary'.")
      }
      self.init(dataType: dataType, value: .binary(bytes))
    } else {
      guard let text = try input.string("StringValue"), !text.isEmpty else {
        throw Self.invalid("Message (user) attribute '\(name)' must contain a non-empty value of type '\(type)'.")
      }
      guard OutgoingMessage.isAllowed(text) else { throw Self.invalid(OutgoingMessage.invalidCharacters) }
      if type == "Number", !AttributeNumber.isValid(text) {
        throw Self.invalid("Can't cast the value of message (user) attribute '\(name)' to a number.")
      }
      self.init(dataType: dataType, value: .string(text))
    }
  }

  private static func checkName(_ name: String) throws(SQSError) {
    // AWS takes letters of any alphabet, other than its documentation says.
    let allowed = name.unicodeScalars.allSatisfy { scalar in
      scalar.value < 0x80
        ? SQSLimits.isAlphanumeric(UInt8(scalar.value)) || scalar == "_" || scalar == "-" || scalar == "."
        : scalar.properties.isAlphabetic
    }
    guard allowed, SQSLimits.attributeNameLength.contains(name.utf8.count), !name.hasPrefix("."), !name.hasSuffix("."),
      !name.contains("..")
    else {
      throw invalid(
        "The message attribute name '\(name)' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), "
          + "hyphen (-), and period (.) characters.")
    }
    let lower = name.lowercased()
    guard !lower.hasPrefix("aws."), !lower.hasPrefix("amazon.") else {
      throw invalid(
        "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. "
          + "These strings are reserved for internal use.")
    }
  }

  private static func invalid(_ message: String) -> SQSError { SQSError(.invalidParameterValue, message) }
}
