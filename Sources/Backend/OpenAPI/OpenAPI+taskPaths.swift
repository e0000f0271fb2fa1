extension OpenAPI {
  static let taskPaths: String = #"""
    "/tasks/trigger-memory-generation": {
      "post": {
        "operationId": "triggerMemoryGeneration", "tags": ["tasks"],
        "summary": "Enqueue the conversations that are due for a memory",
        "description": "Due is a conversation with a message that its memory does not cover, once it has rested for INACTIVITY_THRESHOLD. It stays due until a memory covers it: calling twice may enqueue it twice. A parameter that is not listed is refused.",
        "parameters": [
          {
            "name": "dry_run", "in": "query", "allowEmptyValue": true,
            "description": "Only count; nothing is sent. Without a value it is true.",
            "schema": {"type": "boolean", "default": false}
          },
          {
            "name": "limit", "in": "query", "description": "The most conversations to enqueue; all, unless given.",
            "schema": {"type": "integer", "format": "int64", "minimum": 1}
          }
        ],
        "responses": {
          "200": {
            "description": "Nothing is due, or it was a dry run: the number of messages is what would be sent.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Enqueued"}}}
          },
          "202": {
            "description": "They are enqueued.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Enqueued"}}}
          },
          "401": {"$ref": "#/components/responses/Unauthorized"},
          "422": {"$ref": "#/components/responses/Unprocessable"},
          "502": {"$ref": "#/components/responses/QueueRefused"},
          "503": {"$ref": "#/components/responses/QueueOrDatabaseTrouble"}
        }
      }
    },
    "/webhooks/messages": {
      "post": {
        "operationId": "receiveMessage", "tags": ["tasks"], "summary": "Take a message from a chat provider",
        "description": "Goes to the open conversation of the user with that number: the newest that was written to within INACTIVITY_THRESHOLD. User and conversation are made when they are missing. A message_id is stored once, however often it is delivered, and a reply is asked for.",
        "security": [],
        "requestBody": {
          "required": true,
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/InboundMessage"}}}
        },
        "responses": {
          "202": {
            "description": "The message is stored, and a reply is asked for.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Received"}}}
          },
          "400": {"$ref": "#/components/responses/BadRequest"},
          "413": {"$ref": "#/components/responses/ContentTooLarge"},
          "415": {"$ref": "#/components/responses/UnsupportedMediaType"},
          "422": {"$ref": "#/components/responses/Unprocessable"},
          "502": {"$ref": "#/components/responses/QueueRefused"},
          "503": {"$ref": "#/components/responses/QueueOrDatabaseTrouble"}
        }
      }
    }
    """#
}
