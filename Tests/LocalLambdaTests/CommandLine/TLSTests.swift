import FoundationEssentials
import Subprocess
import TestSupport
import Testing

@testable import LocalLambda

/// HTTPS, with a certificate of the test's own and Python in front of the queues.
@Suite(.timeLimit(.minutes(2)), .enabled(if: Python.has("ssl"))) struct TLSTests {
  /// A server that passes one connection after the other on to a port, behind TLS; it says its own port.
  private static let proxy = """
    import socket, ssl, sys, threading
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1] + "/cert.pem", sys.argv[1] + "/key.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    def pump(source, target):
        try:
            while data := source.recv(65536): target.sendall(data)
        except OSError: pass
        for s in (source, target):
            try: s.shutdown(socket.SHUT_RDWR)
            except OSError: pass
    def serve(plain):
        try: client = context.wrap_socket(plain, server_side=True)
        except OSError: return
        server = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
        threading.Thread(target=pump, args=(client, server), daemon=True).start()
        pump(server, client)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """

  private func makeCertificate(in folder: String, for name: String) async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let made = try await Subprocess.run(
      .name("openssl"),
      arguments: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout",
        folder + "/key.pem", "-out", folder + "/cert.pem", "-subj", "/CN=test", "-addext", "subjectAltName=\(name)",
      ], output: .discarded, error: .string(limit: 1 << 16))
    #expect(made.terminationStatus.isSuccess, "\(made.standardError)")
  }

  @Test(
    arguments: [
      ("IP:127.0.0.1", "127.0.0.1", true, nil), ("DNS:localhost", "localhost", true, nil),
      ("IP:127.0.0.1", "127.0.0.1", false, "self-signed certificate"),
      ("DNS:elsewhere", "localhost", true, "hostname mismatch"),
      ("IP:127.0.0.2", "127.0.0.1", true, "IP address mismatch"),
    ] as [(String, String, Bool, String?)])
  func aServerHasToProveWhoItIs(name: String, host: String, isTrusted: Bool, problem: String?) async throws {
    let folder = "/tmp/tls-test-\(RandomID.uuid())"
    try await makeCertificate(in: folder, for: name)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await QueueServerFixture.run { fixture in
      _ = try await fixture.create("tasks")
      _ = try await Subprocess.run(
        .name("python3"), arguments: Arguments(["-c", Self.proxy, folder, String(fixture.server.port)]), input: .none,
        output: .sequence, error: .discarded
      ) { execution in
        for try await line in execution.standardOutput.strings() {
          let port = line.filter(\.isNumber)
          let ending = try await CommandProcess.run(
            ["queue", "list", "--endpoint", "https://\(host):\(port)"],
            environment: isTrusted ? ["SSL_CERT_FILE": folder + "/cert.pem"] : [:])
          if let problem {
            #expect(ending.code == 1, "\(ending.output)")
            #expect(ending.error.contains(problem), "\(ending.error)")
          } else {
            #expect(ending.output.hasPrefix("tasks\t0"), "\(ending.error)")
          }
          break
        }
        try execution.send(signal: .kill)
      }
    }
  }
}
