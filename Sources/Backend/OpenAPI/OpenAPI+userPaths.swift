extension OpenAPI {
  static let userPaths: String = #"""
    "/users": {
      "post": {
        "operationId": "createUser", "tags": ["data"], "summary": "Make the user of a phone number",
        "description": "A number has one user: asking again answers with the same one.",
        "requestBody": {
          "required": true,
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewUser"}}}
        },
        "responses": {
          "200": {
            "description": "The user that the number had already.",
            "headers": {"Location": {"$ref": "#/components/headers/Location"}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}
          },
          "201": {
            "description": "The new user.",
            "headers": {"Location": {"$ref": "#/components/headers/Location"}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}
          },
          "400": {"$ref": "#/components/responses/BadRequest"},
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "413": {"$ref": "#/components/responses/ContentTooLarge"},
          "415": {"$ref": "#/components/responses/UnsupportedMediaType"},
          "422": {"$ref": "#/components/responses/Unprocessable"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      }
    },
    "/users/{id}": {
      "parameters": [{"$ref": "#/components/parameters/UserID"}],
      "get": {
        "operationId": "getUser", "tags": ["data"], "summary": "Read a user",
        "responses": {
          "200": {
            "description": "The user.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}
          },
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      }
    },
    "/users/{id}/conversations": {
      "parameters": [{"$ref": "#/components/parameters/UserID"}],
      "post": {
        "operationId": "createConversation", "tags": ["data"], "summary": "Begin a conversation of a user",
        "requestBody": {
          "required": false,
          "content": {"application/json": {"schema": {"type": "object"}}}
        },
        "responses": {
          "201": {
            "description": "The new conversation.",
            "headers": {"Location": {"$ref": "#/components/headers/Location"}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Conversation"}}}
          },
          "400": {"$ref": "#/components/responses/BadRequest"},
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "413": {"$ref": "#/components/responses/ContentTooLarge"},
          "415": {"$ref": "#/components/responses/UnsupportedMediaType"},
          "422": {"$ref": "#/components/responses/Unprocessable"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      }
    }
    """#
}
