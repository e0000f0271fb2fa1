/// The description of the API: OpenAPI 3.1, as text, so that a cold start reads no file and builds no value.
enum OpenAPI {
  /// The document in pieces that follow each other.
  static let pieces: [String] = [
    opening, userPaths, ",", conversationPaths, ",", memoryPaths, ",", taskPaths, "},", components, schemas, "}",
  ]

  private static let opening: String = #"""
    {
      "openapi": "3.1.0",
      "info": {
        "title": "Backend",
        "version": "1.0.0",
        "summary": "Users, conversations, messages and memories.",
        "description": "Errors are RFC 9457 problem details. Beyond the answers that are listed, a path answers 405 with Allow to a method that it does not have, and an unknown path 404. Every GET may be asked for with HEAD. An empty parameter counts as none, unless it says otherwise, and a slash at the end of a path makes no difference."
      },
      "servers": [{"url": "/"}],
      "security": [{"apiKey": []}],
      "tags": [
        {"name": "service", "description": "The service itself."},
        {"name": "data", "description": "Users, conversations and messages."},
        {"name": "memories", "description": "What is remembered of conversations."},
        {"name": "tasks", "description": "What is put on the queue."}
      ],
      "paths": {
        "/health": {
          "get": {
            "operationId": "getHealth", "tags": ["service"], "summary": "Whether the database answers",
            "security": [],
            "responses": {
              "200": {
                "description": "It does.",
                "content": {"application/json": {"schema": {
                  "type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}
                }}}
              },
              "503": {"$ref": "#/components/responses/DatabaseTrouble"}
            }
          }
        },
        "/openapi.json": {
          "get": {
            "operationId": "getOpenAPI", "tags": ["service"], "summary": "This description",
            "security": [],
            "responses": {
              "200": {
                "description": "OpenAPI 3.1.",
                "content": {"application/json": {"schema": {"type": "object"}}}
              }
            }
          }
        },
    """#
}
