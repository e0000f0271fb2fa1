extension OpenAPI {
  static let conversationPaths: String = #"""
    "/conversations/{id}": {
      "parameters": [{"$ref": "#/components/parameters/ConversationID"}],
      "get": {
        "operationId": "getConversation", "tags": ["data"], "summary": "Read a conversation",
        "responses": {
          "200": {
            "description": "The conversation.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Conversation"}}}
          },
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      }
    },
    "/conversations/{id}/messages": {
      "parameters": [{"$ref": "#/components/parameters/ConversationID"}],
      "get": {
        "operationId": "listMessages", "tags": ["data"], "summary": "Read messages in their order",
        "description": "A page ends at the limit, or earlier when its answer would become too large for Lambda. All that it says is of one moment.",
        "parameters": [
          {
            "name": "after_id", "in": "query", "description": "The message after which the page begins.",
            "schema": {"type": "integer", "format": "int64", "minimum": 0, "default": 0}
          },
          {
            "name": "limit", "in": "query", "description": "The most messages wanted; more than 1000 counts as 1000.",
            "schema": {"type": "integer", "format": "int64", "minimum": 1, "default": 1000}
          }
        ],
        "responses": {
          "200": {
            "description": "The page.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MessagePage"}}}
          },
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "422": {"$ref": "#/components/responses/Unprocessable"},
          "500": {"$ref": "#/components/responses/MessageTooLarge"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      },
      "post": {
        "operationId": "createMessage", "tags": ["data"], "summary": "Append a message",
        "description": "Moves the conversation's updated_at. A message is answered once: a second one with the same reply_to_message_id changes nothing and answers with the first.",
        "requestBody": {
          "required": true,
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewMessage"}}}
        },
        "responses": {
          "200": {
            "description": "The answer that the message had already.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
          },
          "201": {
            "description": "The new message.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
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
    },
    "/conversations/{id}/memory": {
      "parameters": [{"$ref": "#/components/parameters/ConversationID"}],
      "get": {
        "operationId": "getMemory", "tags": ["memories"], "summary": "Read what is remembered of a conversation",
        "responses": {
          "200": {
            "description": "The memory.",
            "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Memory"}}}
          },
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      },
      "delete": {
        "operationId": "deleteMemory", "tags": ["memories"], "summary": "Forget what is remembered of a conversation",
        "description": "The conversation's messages are covered by nothing then, so that it becomes due again.",
        "responses": {
          "204": {"description": "It is forgotten."},
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "404": {"$ref": "#/components/responses/NotFound"},
          "503": {"$ref": "#/components/responses/DatabaseTrouble"}
        }
      }
    }
    """#
}
