/// An HTTP error as RFC 9457 problem details, `application/problem+json`.
public struct ProblemDetails: Codable, Sendable, Equatable {
  /// The kind of problem, a URI; `about:blank` says no more than the status does.
  public var type: String
  /// The kind of problem in words.
  public var title: String
  /// The HTTP status.
  public var status: Int
  /// What went wrong this time.
  public var detail: String?
  /// The invalid fields of the body, when that is what went wrong.
  public var errors: [FieldError]?
  /// What there is not, when that is what went wrong: `user`, `conversation`, `memory` or `path`. It tells an unknown
  /// id from a wrong address.
  public var unknown: String?

  /// A problem from its parts.
  public init(
    type: String = "about:blank", title: String, status: Int, detail: String? = nil, errors: [FieldError]? = nil,
    unknown: String? = nil
  ) {
    self.type = type
    self.title = title
    self.status = status
    self.detail = detail
    self.errors = errors
    self.unknown = unknown
  }

  /// Reads a problem; RFC 9457 requires none of its members.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      type: try container.decodeIfPresent(String.self, forKey: .type) ?? "about:blank",
      title: try container.decodeIfPresent(String.self, forKey: .title) ?? "",
      status: try container.decodeIfPresent(Int.self, forKey: .status) ?? 0,
      detail: try container.decodeIfPresent(String.self, forKey: .detail),
      errors: try container.decodeIfPresent([FieldError].self, forKey: .errors),
      unknown: try container.decodeIfPresent(String.self, forKey: .unknown))
  }

  /// One invalid field.
  public struct FieldError: Codable, Sendable, Equatable {
    /// Which field: an RFC 6901 JSON pointer into the body.
    public var pointer: String
    /// What is wrong with it.
    public var detail: String

    /// An invalid field.
    public init(pointer: String, detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }
}
