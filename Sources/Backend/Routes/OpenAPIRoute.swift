import JSON

extension Route {
  static let openAPI = Route("GET", "/openapi.json", open: true) { _, _ in
    .json(capacity: OpenAPI.document.utf8CodeUnitCount) { $0.raw(OpenAPI.document) }
  }
}
