extension OpenAPI {
  static let memoryPaths: String = #"""
    "/memories": {
      "get": {
        "operationId": "listMemories", "tags": ["memories"], "summary": "Read memories, of one user or of all",
        "parameters": [
          {
            "name": "user_id", "in": "query", "description": "Only memories of this user's conversations.",
            "schema": {"$ref": "#/components/schemas/ID"}
          },
          {
            "name": "order", "in": "query", "description": "By when memories were stored first.",
            "schema": {"type": "string", "enum": ["oldest", "newest"], "default": "oldest"}
          },
          {
            "name": "cursor", "in": "query", "description": "The next_cursor of the page before, in the same order.",
            "schema": {"type": "string", "pattern": "^(0|[1-9][0-9]{0,18})$"}
          },
          {
            "name": "limit", "in": "query", "description": "The most memories wanted; more than 1000 counts as 1000.",
            "schema": {"type": "integer", "format": "int64", "minimum": 1, "default": 100}
          }
        ],
        "responses": {
          "200": {
            "description": "The page.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MemoryPage"}}}
          },
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "422": {"$ref": "#/components/responses/Unprocessable"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      },
      "post": {
        "operationId": "saveMemory", "tags": ["memories"], "summary": "Save the memory of a conversation",
        "description": "Replaces one that covers as much or less. With If-Match or If-None-Match it replaces no other than the caller knows; asked for again, what is done already is no failure.",
        "parameters": [
          {
            "name": "If-Match", "in": "header",
            "description": "The ETag of the memory to replace, several of them with commas, or * for any.",
            "schema": {"type": "string"}
          },
          {
            "name": "If-None-Match", "in": "header", "description": "* when there may be none yet.",
            "schema": {"const": "*"}
          }
        ],
        "requestBody": {
          "required": true,
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewMemory"}}}
        },
        "responses": {
          "200": {
            "description": "The memory, in place of an older one.",
            "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Memory"}}}
          },
          "201": {
            "description": "The conversation's first memory.",
            "headers": {
              "Location": {"$ref": "#/components/headers/Location"}, "ETag": {"$ref": "#/components/headers/ETag"}
            },
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Memory"}}}
          },
          "400": {"$ref": "#/components/responses/BadRequest"},
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "409": {
            "description": "A memory is stored that covers more; nothing was changed.",
            "content": {"application/problem+json": {"schema": {
              "allOf": [{"$ref": "#/components/schemas/Problem"}],
              "properties": {"memory": {"$ref": "#/components/schemas/Memory"}}
            }}}
          },
          "412": {
            "description": "The memory that is stored is not the one that If-Match and If-None-Match ask for; nothing was changed.",
            "content": {"application/problem+json": {"schema": {
              "allOf": [{"$ref": "#/components/schemas/Problem"}],
              "properties": {"memory": {"$ref": "#/components/schemas/Memory"}}
            }}}
          },
          "413": {"$ref": "#/components/responses/ContentTooLarge"},
          "415": {"$ref": "#/components/responses/UnsupportedMediaType"},
          "422": {"$ref": "#/components/responses/Unprocessable"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      }
    }
    """#
}
