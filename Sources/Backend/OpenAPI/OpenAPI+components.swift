extension OpenAPI {
  static let components: String = #"""
    "components": {
      "securitySchemes": {
        "apiKey": {
          "type": "http", "scheme": "bearer",
          "description": "The Backend's BACKEND_API_KEY. Where none is set, nothing is asked for."
        }
      },
      "headers": {
        "Location": {"description": "The path of what was made.", "schema": {"type": "string"}},
        "ETag": {
          "description": "The version of the memory, for If-Match.",
          "schema": {"type": "string", "pattern": "^\"-?[0-9]+\"$"}
        }
      },
      "parameters": {
        "UserID": {
          "name": "id", "in": "path", "required": true, "description": "The user.",
          "schema": {"$ref": "#/components/schemas/ID"}
        },
        "ConversationID": {
          "name": "id", "in": "path", "required": true, "description": "The conversation.",
          "schema": {"$ref": "#/components/schemas/ID"}
        }
      },
      "responses": {
        "BadRequest": {
          "description": "There is no body, or it is not JSON in UTF-8.",
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "Unauthorized": {
          "description": "The API key is missing or another one.",
          "headers": {"WWW-Authenticate": {"schema": {"type": "string"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "NotFound": {
          "description": "There is no such thing, or what the path names is no id.",
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/UnknownProblem"}}}
        },
        "ContentTooLarge": {
          "description": "The body has more than 1 MiB.",
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "UnsupportedMediaType": {
          "description": "The body is said to be something else than JSON.",
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "Unprocessable": {
          "description": "Members of the body or parameters of the query are missing or wrong: errors names all of them.",
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "MessageTooLarge": {
          "description": "The page would begin with a message, made by hand, that is larger than an answer can be: detail names it. The after_id of that message leads past it.",
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "DatabaseTrouble": {
          "description": "The database cannot serve the request now.",
          "headers": {"Retry-After": {"schema": {"type": "integer"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        },
        "QueueRefused": {
          "description": "The queue refused a message.",
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/QueueProblem"}}}
        },
        "QueueOrDatabaseTrouble": {
          "description": "The queue or the database cannot be reached.",
          "headers": {"Retry-After": {"schema": {"type": "integer"}}},
          "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/QueueProblem"}}}
        }
      },
      "schemas": {
    """#
}
