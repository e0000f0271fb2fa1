import JSON

extension Route {
  static let openAPI = Route("GET", "/openapi.json", open: true) { _, _ in
    .json(capacity: 1 << 15) { writer in
      for piece in OpenAPI.pieces { writer.raw(piece) }
    }
  }
}
