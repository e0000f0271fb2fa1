/// AWS Signature Version 4 in the Authorization header, for requests without a query.
public struct SigV4: Sendable {
  private let credentials: AWSCredentials
  private let region: String
  private let service: String

  /// Signs requests to a service (`sqs`) of a region.
  public init(credentials: AWSCredentials, region: String, service: String) {
    self.credentials = credentials
    self.region = region
    self.service = service
  }

  /// The header fields of a request with those added that make it a signed one. All given fields are signed.
  public func sign(
    method: String, host: String, path: String, headers: [(name: String, value: String)], body: [UInt8],
    at date: AWSDate
  ) -> [(name: String, value: String)] {
    var headers = headers
    headers.append(("X-Amz-Date", date.text))
    if let token = credentials.sessionToken { headers.append(("X-Amz-Security-Token", token)) }

    let signed = (headers.map { ($0.name.lowercased(), Self.collapsed($0.value)) } + [("host", host)])
      .sorted { $0.0 < $1.0 }
    let signedNames = signed.map(\.0).joined(separator: ";")
    let canonicalRequest = [
      method, Self.encoded(path), "", signed.map { "\($0):\($1)\n" }.joined(), signedNames,
      Digest.sha256(body).hexadecimal,
    ].joined(separator: "\n")

    let scope = "\(date.day)/\(region)/\(service)/aws4_request"
    let stringToSign = [
      "AWS4-HMAC-SHA256", date.text, scope, Digest.sha256(canonicalRequest.utf8).hexadecimal,
    ].joined(separator: "\n")
    var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
    for part in [date.day, region, service, "aws4_request"] { key = Digest.hmacSHA256(key: key, part) }
    let signature = Digest.hmacSHA256(key: key, stringToSign).hexadecimal

    headers.append(
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(signedNames), "
          + "Signature=\(signature)"
      ))
    return headers
  }

  /// A header's value without outer white space and with single spaces inside.
  private static func collapsed(_ value: String) -> String {
    value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
  }

  /// The path, percent-encoded once more, as every service but S3 wants it.
  private static func encoded(_ path: String) -> String {
    path.utf8.reduce(into: "") { encoded, byte in
      if byte.isHostNameCharacter || "/._~".utf8.contains(byte) {
        encoded.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        encoded += "%" + [byte].hexadecimal.uppercased()
      }
    }
  }
}
