import HTTPClient

/// What is known of the memory that is stored for a conversation.
///
/// A new memory is stored in the place of that one only, so that what somebody did meanwhile is not undone: a user who
/// was forgotten stays forgotten, and a correction stays.
enum MemoryVersion: Sendable, Equatable {
  /// There is none.
  case absent
  /// It has this entity tag.
  case tagged(String)
  /// The Backend does not say.
  case unknown

  /// Reads the version of the memory in an answer. A weak tag names no version for sure.
  init(_ headers: HTTPClientHeaders) {
    if let tag = headers["ETag"], tag.hasPrefix("\"") {
      self = .tagged(tag)
    } else {
      self = .unknown
    }
  }

  /// The headers that ask for this version to be there still (RFC 9110, 13.1).
  var precondition: HTTPClientHeaders {
    switch self {
    case .absent: ["If-None-Match": "*"]
    case .tagged(let tag): ["If-Match": tag]
    case .unknown: [:]
    }
  }
}
