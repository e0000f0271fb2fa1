import CLibcurl

extension HTTPClientError.Kind {
  /// What libcurl's code means to a caller.
  init(_ code: CURLcode) {
    self =
      switch code {
      case CURLE_URL_MALFORMAT: .badURL
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .couldNotResolve
      case CURLE_COULDNT_CONNECT: .couldNotConnect
      case CURLE_OPERATION_TIMEDOUT: .timedOut
      case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: .connectionLost
      case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
        .tls
      // An answer without a status line is "HTTP/0.9" to libcurl, which it then calls unsupported.
      case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .badResponse
      default: .other
      }
  }
}

extension HTTPClientError {
  static func cancelled(_ request: HTTPClientRequest, mayHaveBeenSent: Bool) -> HTTPClientError {
    HTTPClientError(.cancelled, "the request was cancelled", url: request.url, mayHaveBeenSent: mayHaveBeenSent)
  }

  static func shutDown(_ request: HTTPClientRequest?, mayHaveBeenSent: Bool) -> HTTPClientError {
    HTTPClientError(
      .shutDown, "the HTTP client was shut down", url: request?.url ?? "", mayHaveBeenSent: mayHaveBeenSent)
  }
}
