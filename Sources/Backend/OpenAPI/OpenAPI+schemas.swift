extension OpenAPI {
  static let schemas: String = #"""
        "ID": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 9223372036854775807},
        "Watermark": {
          "description": "The id of a message, or 0 for none.",
          "type": "integer", "format": "int64", "minimum": 0, "maximum": 9223372036854775807
        },
        "Time": {"description": "RFC 3339, in UTC.", "type": "string", "format": "date-time"},
        "PhoneNumber": {
          "description": "E.164.", "type": "string", "pattern": "^\\+[1-9][0-9]{3,14}$", "examples": ["+15551234567"]
        },
        "Role": {"type": "string", "enum": ["user", "assistant", "system"]},
        "Text": {"description": "Any text without U+0000.", "type": "string", "minLength": 1},
        "NewUser": {
          "type": "object", "required": ["phone_number"],
          "properties": {"phone_number": {"$ref": "#/components/schemas/PhoneNumber"}}
        },
        "User": {
          "type": "object", "required": ["id", "phone_number", "created_at"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "phone_number": {"type": "string"},
            "created_at": {"$ref": "#/components/schemas/Time"}
          }
        },
        "Conversation": {
          "type": "object",
          "required": ["id", "user_id", "created_at", "updated_at", "last_message_id", "covered_message_id"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "user_id": {"$ref": "#/components/schemas/ID"},
            "created_at": {"$ref": "#/components/schemas/Time"},
            "updated_at": {"$ref": "#/components/schemas/Time"},
            "last_message_id": {"$ref": "#/components/schemas/Watermark"},
            "covered_message_id": {"$ref": "#/components/schemas/Watermark"}
          }
        },
        "NewMessage": {
          "type": "object", "required": ["role", "content"],
          "properties": {
            "role": {"$ref": "#/components/schemas/Role"},
            "content": {"$ref": "#/components/schemas/Text"},
            "reply_to_message_id": {
              "description": "The message of this conversation that this one answers.",
              "anyOf": [{"$ref": "#/components/schemas/ID"}, {"type": "null"}]
            }
          }
        },
        "Message": {
          "type": "object", "required": ["id", "role", "content", "created_at"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "role": {"$ref": "#/components/schemas/Role"},
            "content": {"type": "string"},
            "created_at": {"$ref": "#/components/schemas/Time"},
            "reply_to_message_id": {"$ref": "#/components/schemas/ID"}
          }
        },
        "MessagePage": {
          "type": "object", "required": ["messages", "last_message_id", "covered_message_id", "next_after_id"],
          "properties": {
            "messages": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Message"}},
            "last_message_id": {"$ref": "#/components/schemas/Watermark"},
            "covered_message_id": {"$ref": "#/components/schemas/Watermark"},
            "next_after_id": {
              "description": "The after_id of the next page; null on the last.",
              "anyOf": [{"$ref": "#/components/schemas/ID"}, {"type": "null"}]
            }
          }
        },
        "NewMemory": {
          "type": "object", "required": ["conversation_id", "memory_data"],
          "properties": {
            "conversation_id": {"$ref": "#/components/schemas/ID"},
            "memory_data": {
              "description": "Any object without U+0000 in names and strings, and without numbers of more than 1000 digits. Numbers come back exactly as they were sent.",
              "type": "object"
            },
            "covered_message_id": {
              "description": "The newest message that the memory was made from; without it, all that the conversation holds now.",
              "anyOf": [{"$ref": "#/components/schemas/Watermark"}, {"type": "null"}]
            }
          }
        },
        "Memory": {
          "type": "object",
          "required": ["id", "conversation_id", "memory_data", "covered_message_id", "created_at", "updated_at"],
          "properties": {
            "id": {"$ref": "#/components/schemas/ID"},
            "conversation_id": {"$ref": "#/components/schemas/ID"},
            "memory_data": {"type": "object"},
            "covered_message_id": {"$ref": "#/components/schemas/Watermark"},
            "created_at": {"$ref": "#/components/schemas/Time"},
            "updated_at": {"$ref": "#/components/schemas/Time"}
          }
        },
        "MemoryPage": {
          "type": "object", "required": ["memories", "next_cursor"],
          "properties": {
            "memories": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Memory"}},
            "next_cursor": {"description": "Null on the last page.", "type": ["string", "null"]}
          }
        },
        "Enqueued": {
          "type": "object", "required": ["conversations", "messages"],
          "properties": {
            "conversations": {"type": "integer", "minimum": 0},
            "messages": {"type": "integer", "minimum": 0}
          }
        },
        "InboundMessage": {
          "type": "object", "required": ["from", "text", "message_id"],
          "properties": {
            "from": {"$ref": "#/components/schemas/PhoneNumber"},
            "text": {"$ref": "#/components/schemas/Text"},
            "message_id": {
              "description": "The provider's id of the message.", "type": "string", "minLength": 1, "maxLength": 255
            }
          }
        },
        "Received": {
          "type": "object", "required": ["user_id", "conversation_id", "message_id"],
          "properties": {
            "user_id": {"$ref": "#/components/schemas/ID"},
            "conversation_id": {"$ref": "#/components/schemas/ID"},
            "message_id": {"$ref": "#/components/schemas/ID"}
          }
        },
        "Problem": {
          "description": "RFC 9457 problem details.",
          "type": "object", "required": ["type", "title", "status", "detail"],
          "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {
              "type": "array",
              "items": {
                "description": "One fault: of the body by its JSON pointer, or of the query by its parameter.",
                "type": "object", "required": ["detail"],
                "properties": {
                  "pointer": {"type": "string", "format": "json-pointer"},
                  "parameter": {"type": "string"},
                  "detail": {"type": "string"}
                }
              }
            }
          }
        },
        "UnknownProblem": {
          "description": "It names what is unknown, which the 404 of an unknown path does not.",
          "allOf": [{"$ref": "#/components/schemas/Problem"}],
          "required": ["unknown"],
          "properties": {"unknown": {"type": "string", "enum": ["user", "conversation", "memory"]}}
        },
        "QueueProblem": {
          "description": "From the trigger it says how much was enqueued before the fault.",
          "allOf": [{"$ref": "#/components/schemas/Problem"}],
          "properties": {
            "conversations": {"type": "integer", "minimum": 0},
            "messages": {"type": "integer", "minimum": 0}
          }
        }
      }
    }
    """#
}
