import TestSupport

@testable import LocalLambda

/// The echo function with an extension beside it, for the time of one test.
enum ExtensionFixture {
  /// Notes every event in `events`. Files in the folder of its notes say what it does with an event: `hold` keeps it from
  /// asking for the next one, `die` makes it exit, `report` makes it report an error. `EVENTS` says what it asks for,
  /// `REPORTS` which error it reports at the start, and `STAYS` keeps it from exiting when it should.
  static let program = """
    #!/usr/bin/env python3
    import http.client, http.server, json, os, socketserver, sys, threading, time
    folder = os.path.dirname(os.path.abspath(__file__)) + "/../" + os.environ["NOTES"]
    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    def call(method, path, body=None, **headers):
        connection = http.client.HTTPConnection(api)
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    def note(name, text):
        with open(folder + "/" + name, "a") as file: file.write(text + "\\n")
    def leave(status):
        while os.environ.get("STAYS"): time.sleep(1)
        sys.exit(status)
    def report(kind):
        response, body = call("POST", "/2020-01-01/extension/" + kind + "/error",
            Lambda_Extension_Function_Error_Type="Extension.Mine", **me)
        note("reported", "%d %s" % (response.status, body.decode().strip()))
        leave(4)
    events = os.environ.get("EVENTS", "INVOKE,SHUTDOWN").split(",")
    response, body = call("POST", "/2020-01-01/extension/register", json.dumps({"events": events}),
        Lambda_Extension_Name=os.path.basename(__file__), Lambda_Extension_Accept_Feature="accountId")
    note("registered", body.decode())
    me = {"Lambda_Extension_Identifier": response.headers["Lambda-Extension-Identifier"]}
    if os.environ.get("REPORTS"): report(os.environ["REPORTS"])
    if os.environ.get("TELEMETRY"):
        # With `refuse` it takes nothing, and with `slow` it takes its time.
        class HTTPHandler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                events = json.loads(self.rfile.read(int(self.headers["content-length"])))
                refused = os.path.exists(folder + "/refuse")
                for event in events: note("refused" if refused else "telemetry", json.dumps(event))
                while os.path.exists(folder + "/slow"): time.sleep(0.005)
                self.send_response(503 if refused else 200)
                self.end_headers()
            def log_message(self, *_): pass
        class LineHandler(socketserver.StreamRequestHandler):
            def handle(self):
                note("connections", "one")
                for line in self.rfile: note("telemetry", json.dumps(json.loads(line)))
        kind = os.environ.get("PROTOCOL", "HTTP")
        server = (http.server.ThreadingHTTPServer(("127.0.0.1", 0), HTTPHandler) if kind == "HTTP"
            else socketserver.ThreadingTCPServer(("127.0.0.1", 0), LineHandler))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        response, body = call("PUT", os.environ["TELEMETRY"], json.dumps({
            "schemaVersion": os.environ["SCHEMA"], "types": ["platform", "function", "extension"],
            "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
            "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:%d%s" % (port, os.environ.get("URI_PATH", ""))} if kind == "HTTP"
                else {"protocol": "TCP", "port": port}}), **me)
        note("subscribed", "%d %s" % (response.status, body.decode().strip()))
        print("a line of the extension", flush=True)
    while True:
        response, body = call("GET", "/2020-01-01/extension/event/next", **me)
        note("events", body.decode())
        if json.loads(body)["eventType"] == "SHUTDOWN":
            note("told", "%d" % (time.time() * 1000))
            if os.environ.get("TELEMETRY"): time.sleep(0.2)
            leave(0)
        if os.path.exists(folder + "/report"): report("exit")
        if os.path.exists(folder + "/die"): sys.exit(3)
        while os.path.exists(folder + "/hold"): time.sleep(0.005)
    """

  static func run(
    _ program: String = program, command: [String] = [BuiltProducts.program("echo-function")],
    timeout: Duration = .seconds(20), initTimeout: Duration = .seconds(10), environment: [String: String] = [:],
    concurrency: Int = 1,
    change: (inout EnvironmentPolicy) -> Void = { _ in },
    _ body: (EchoFixture, TemporaryFolder) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { notes in
      try await TemporaryFolder.with { programs in
        programs.write(program, to: "watcher", mode: 0o755)
        programs.write("not a program", to: "README")
        var policy = EnvironmentPolicy()
        policy.extensionFolder = programs.path
        // Ten times Lambda's: what is looked for is whether they are told, on a machine under load, too.
        policy.shutdownBudget = ShutdownBudget(external: .seconds(20), internal: .seconds(5))
        change(&policy)
        let name = String(notes.path.split(separator: "/").last ?? "")
        try await EchoFixture.run(
          timeout: timeout, initTimeout: initTimeout, maximumConcurrency: concurrency,
          environment: environment.merging(["NOTES": name]) { $1 },
          command: command, policy: policy
        ) { try await body($0, notes) }
      }
    }
  }
}
