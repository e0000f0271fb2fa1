/// What a template says of a function, SDKs are told, and nothing here depends on.
public struct FunctionDetails: Hashable, Sendable {
  /// `Runtime`.
  public var runtime = "provided.al2023"
  /// `Description`.
  public var description = ""
  /// `Tags`, by their keys.
  public var tags: [String: String] = [:]
  /// The size of `EphemeralStorage` in megabytes.
  public var ephemeralStorageMB = 512
  /// `x86_64` or `arm64`: this machine's, unless something else is said.
  public var architecture = Self.ownArchitecture

  /// Lambda's defaults, until something else is said.
  public init() {}

  private static var ownArchitecture: String {
    #if arch(arm64)
      "arm64"
    #else
      "x86_64"
    #endif
  }
}

extension FunctionDetails {
  init(_ function: inout PropertyReader, runtime: String) throws(TemplateError) {
    self.init()
    self.runtime = runtime
    description = function.remark("Description") { $0.text?.plain } ?? description
    tags = function.remark("Tags", Self.readTags) ?? tags
    architecture = function.remark("Architectures", Self.readArchitecture) ?? architecture
    if var storage = try function.nested("EphemeralStorage") {
      ephemeralStorageMB = try storage.integer("Size", in: 512...10_240) ?? ephemeralStorageMB
      try storage.finish()
      storage.note("Size", "the function uses this machine's disk")
    }
  }

  /// A mapping of tags; nil when one of them is not known.
  private static func readTags(_ value: TemplateValue) -> [String: String]? {
    guard case .map(let members) = value.content else { return nil }
    var tags: [String: String] = [:]
    for member in members {
      guard let text = member.value.text?.plain else { return nil }
      tags[member.key] = text
    }
    return tags
  }

  /// A list of one.
  private static func readArchitecture(_ value: TemplateValue) -> String? {
    guard case .list(let items) = value.content, items.count == 1, let name = items[0].text?.plain else { return nil }
    return ["x86_64", "arm64"].contains(name) ? name : nil
  }
}
