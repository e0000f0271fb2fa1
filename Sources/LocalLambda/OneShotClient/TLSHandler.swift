internal import CLibssl
internal import NIOCore

/// TLS on a client's connection: OpenSSL between the network and HTTP, over memory buffers.
///
/// The server's certificate has to be one that the machine trusts (`SSL_CERT_FILE` names other authorities), and the
/// host's own.
final class TLSHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let ssl: OpaquePointer
  /// What came from the network, and what goes to it; owned by `ssl`.
  private let received: OpaquePointer
  private let toSend: OpaquePointer
  private var isConnected = false
  private var waiting: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []

  init(host: String) throws(OneShotError) {
    guard let context = TLSContext.shared, let ssl = SSL_new(context.pointer), let received = BIO_new(BIO_s_mem()),
      let toSend = BIO_new(BIO_s_mem())
    else { throw OneShotError(.lost, "OpenSSL cannot be set up: \(Self.reason())") }
    SSL_set_bio(ssl, received, toSend)
    SSL_set_connect_state(ssl)
    // A certificate names an address other than a host, and an address is no server name (RFC 6066, 3).
    if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) != 1 {
      _ = ssl_set_server_name(ssl, host)
      SSL_set1_host(ssl, host)
    }
    (self.ssl, self.received, self.toSend) = (ssl, received, toSend)
  }

  deinit { SSL_free(ssl) }

  func channelActive(context: ChannelHandlerContext) {
    advance(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    _ = unwrapInboundIn(data).withUnsafeReadableBytes { BIO_write(received, $0.baseAddress, Int32($0.count)) }
    advance(context)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    waiting.append((unwrapOutboundIn(data), promise))
  }

  func flush(context: ChannelHandlerContext) { advance(context) }

  func channelInactive(context: ChannelHandlerContext) {
    for (_, promise) in waiting { promise?.fail(ChannelError.ioOnClosedChannel) }
    waiting = []
    context.fireChannelInactive()
  }

  /// Goes on with whatever is possible: the handshake, what is to be sent, what came.
  private func advance(_ context: ChannelHandlerContext) {
    // What somebody else's call left behind on this thread would be taken for this connection's error.
    ERR_clear_error()
    if !isConnected {
      let result = SSL_do_handshake(ssl)
      isConnected = result == 1
      if !isConnected, SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ { return fail(context, "TLS handshake") }
    }
    if isConnected {
      for (bytes, promise) in waiting {
        let count = bytes.readableBytes
        let written = bytes.withUnsafeReadableBytes { count == 0 ? 0 : SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
        guard written == count else { return fail(context, "TLS") }
        promise?.succeed()
      }
      waiting = []
    }
    send(context)
    if isConnected { receive(context) }
  }

  private func send(_ context: ChannelHandlerContext) {
    let count = Int(BIO_ctrl_pending(toSend))
    guard count > 0 else { return }
    var bytes = context.channel.allocator.buffer(capacity: count)
    bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: count) {
      max(0, Int(BIO_read(toSend, $0.baseAddress, Int32(count))))
    }
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }

  private func receive(_ context: ChannelHandlerContext) {
    while true {
      var bytes = context.channel.allocator.buffer(capacity: 16_384)
      var result: Int32 = 0
      bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: 16_384) {
        result = SSL_read(ssl, $0.baseAddress, 16_384)
        return max(0, Int(result))
      }
      guard result > 0 else {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return
        case SSL_ERROR_ZERO_RETURN: return context.close(promise: nil)
        default: return fail(context, "TLS")
        }
      }
      context.fireChannelRead(wrapInboundOut(bytes))
    }
  }

  private func fail(_ context: ChannelHandlerContext, _ what: String) {
    context.fireErrorCaught(OneShotError(.lost, "\(what) failed: \(Self.reason(ssl))"))
    context.close(promise: nil)
  }

  /// OpenSSL's last complaint.
  private static func reason(_ ssl: OpaquePointer? = nil) -> String {
    if let ssl, SSL_get_verify_result(ssl) != X509_V_OK {
      return String(cString: X509_verify_cert_error_string(SSL_get_verify_result(ssl)))
    }
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(ERR_get_error(), &text, text.count)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// OpenSSL's settings, with the machine's certificate authorities. Sendable because OpenSSL locks a context itself once
/// it is set up, and nothing changes it after that.
private struct TLSContext: @unchecked Sendable {
  static let shared = TLSContext()

  let pointer: OpaquePointer

  private init?() {
    guard let context = SSL_CTX_new(TLS_client_method()) else { return nil }
    guard SSL_CTX_set_default_verify_paths(context) == 1, ssl_context_require_tls12(context) == 1 else {
      SSL_CTX_free(context)
      return nil
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    pointer = context
  }
}
