import JSON

/// What an extension wants to be sent, where to, and in what portions.
///
/// See [Lambda Telemetry API](https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html) and its
/// predecessor, the [Logs API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html).
struct TelemetrySubscription: Sendable, Hashable {
  /// Which of the two APIs it was made with: they name some events differently.
  enum API: Sendable { case telemetry, logs }

  enum Category: String, Sendable { case platform, function, `extension` }

  /// Why a subscription is refused: 400.
  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  let api: API
  let categories: Set<Category>
  let destination: TelemetryDestination
  private(set) var maximumItems = 10_000
  private(set) var maximumBytes = 262_144
  private(set) var timeoutMilliseconds = 1000

  init(_ body: JSONValue, _ api: API) throws(Invalid) {
    self.api = api
    let versions = api == .telemetry ? ["2022-07-01", "2022-12-13", "2025-01-29"] : ["2020-08-15", "2021-03-18"]
    if let version = body["schemaVersion"]?.stringValue, !versions.contains(version) {
      throw Invalid(description: "schemaVersion \(version) is none of \(versions.joined(separator: ", "))")
    }
    guard let types = body["types"]?.arrayValue, !types.isEmpty else {
      throw Invalid(description: "types is missing or empty")
    }
    var categories: Set<Category> = []
    for type in types {
      guard let category = type.stringValue.flatMap(Category.init) else {
        throw Invalid(description: "types: \(type) is none of platform, function, extension")
      }
      categories.insert(category)
    }
    self.categories = categories
    destination = try Self.destination(body["destination"])
    let buffering = body["buffering"]
    maximumItems = try Self.number(buffering, "maxItems", 1000...10_000, maximumItems)
    maximumBytes = try Self.number(buffering, "maxBytes", 262_144...1_048_576, maximumBytes)
    timeoutMilliseconds = try Self.number(buffering, "timeoutMs", 25...30_000, timeoutMilliseconds)
  }

  private static func destination(_ value: JSONValue?) throws(Invalid) -> TelemetryDestination {
    switch value?["protocol"]?.stringValue {
    case "HTTP": return .http(url: try url(value?["URI"]?.stringValue ?? ""))
    case "TCP":
      guard let port = value?["port"]?.int64Value, (1...65_535).contains(port) else {
        throw Invalid(description: "destination.port has to be a number from 1 to 65535")
      }
      return .tcp(port: Int(port))
    default: throw Invalid(description: "destination.protocol has to be HTTP or TCP")
    }
  }

  /// The names that Lambda has for an environment's own host are loopback here.
  private static func url(_ text: String) throws(Invalid) -> String {
    do {
      let client = try OneShotClient(url: text)
      guard ["sandbox.localdomain", "sandbox", "localhost", "127.0.0.1"].contains(client.host.lowercased()) else {
        throw Invalid(description: "destination.URI host must be sandbox.localdomain")
      }
      return "http://127.0.0.1:\(client.port)\(client.basePath.isEmpty ? "/" : client.basePath)"
    } catch let error as Invalid {
      throw error
    } catch {
      throw Invalid(description: "destination.URI: \(error)")
    }
  }

  private static func number(
    _ buffering: JSONValue?, _ name: String, _ range: ClosedRange<Int64>, _ usual: Int
  ) throws(Invalid) -> Int {
    guard let value = buffering?[name] else { return usual }
    guard let number = value.int64Value, range.contains(number) else {
      throw Invalid(description: "buffering.\(name) is not from \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(number)
  }
}
