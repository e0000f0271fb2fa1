import JSON
import Subprocess
import TestSupport
import Testing

@testable import Backend

@Suite struct OpenAPITests {
  @Test func itDescribesEveryRouteAndNoOther() async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.get("/openapi.json")
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "application/json")
      var described: Set<String> = []
      for path in try #require(try answer["paths"]?.objectValue) {
        for operation in path.value.objectValue ?? [:] where operation.name != "parameters" {
          described.insert("\(operation.name.uppercased()) \(path.name)")
          let isOpen = operation.value["security"] == []
          let route = Route.all.first { $0.path == path.name && $0.method == operation.name.uppercased() }
          #expect(route?.isOpen == isOpen, "\(operation.name) \(path.name)")
        }
      }
      #expect(described == Set(Route.all.map { "\($0.method) \($0.path)" }))
    }
  }

  @Test func everyReferenceLeadsSomewhere() async throws {
    try await TestBackend.run { backend in
      let document = try await backend.get("/openapi.json").json
      for reference in document.references {
        let target = reference.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
        #expect(target != nil, "\(reference)")
      }
    }
  }

  @Test(.enabled("needs Python's openapi_spec_validator") { await Python.has("openapi_spec_validator") })
  func itIsValid() async throws {
    try await TestBackend.run { backend in
      let document = try await backend.get("/openapi.json").body
      let result = try await run(
        .name("python3"),
        arguments: ["-c", "import json, sys, openapi_spec_validator as v; v.validate(json.load(sys.stdin))"],
        input: .string(document), output: .discarded, error: .string(limit: 1 << 16))
      #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
    }
  }
}

enum Python {
  /// Whether Python is here, with a module.
  static func has(_ module: String) async -> Bool {
    let result = try? await run(
      .name("python3"), arguments: ["-c", "import \(module)"], output: .discarded, error: .discarded)
    return result?.terminationStatus == .exited(0)
  }
}

extension JSONValue {
  /// The values of all members `$ref`.
  fileprivate var references: [String] {
    switch self {
    case .object(let object):
      object.flatMap { member in
        member.name == "$ref" ? [member.value.stringValue ?? ""] : member.value.references
      }
    case .array(let elements): elements.flatMap(\.references)
    default: []
    }
  }
}
