import NIOCore
import NIOHTTP1

/// The metadata endpoint: which Availability Zone an environment runs in.
///
/// See [Using the Lambda metadata endpoint](https://docs.aws.amazon.com/lambda/latest/dg/configuration-metadata-endpoint.html).
enum MetadataEndpoint {
  static let path = "/2026-01-15/metadata/execution-environment"

  /// Answers a call; `token` is what the environment's processes were given as `AWS_LAMBDA_METADATA_TOKEN`.
  static func answer(_ request: ServerRequest, token: String, region: String, on exchange: HTTPExchange) {
    guard request.head.method == .GET else {
      return exchange.respond(ServerResponse(.methodNotAllowed, headers: ["Allow": "GET"]))
    }
    guard let authorization = request["authorization"], authorization.lowercased().hasPrefix("bearer ") else {
      return exchange.refuse(RuntimeAPIError(status: .unauthorized, type: "Unauthorized", message: "Missing token"))
    }
    guard authorization.dropFirst(7) == token else {
      return exchange.refuse(RuntimeAPIError(status: .forbidden, type: "Forbidden", message: "Invalid token"))
    }
    exchange.respond(
      .ok, json: #"{"AvailabilityZoneID":"\#(availabilityZoneID(in: region))"}"#,
      headers: ["Cache-Control": "private, max-age=43200, immutable"])
  }

  /// The id of a region's first zone: `use1-az1` in `us-east-1`.
  static func availabilityZoneID(in region: String) -> String {
    let short = ["north": "n", "south": "s", "east": "e", "west": "w", "central": "c"]
    let parts = region.split(separator: "-").enumerated().map { index, part in
      guard index > 0, Int(part) == nil else { return String(part) }
      if part == "gov" || part == "iso" || part == "isob" { return String(part.prefix(1)) }
      for (first, letter) in short where part.hasPrefix(first) {
        return letter + (short[String(part.dropFirst(first.count))] ?? "")
      }
      return String(part)
    }
    return parts.joined() + "-az1"
  }
}
