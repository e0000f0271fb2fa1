import FoundationEssentials
import JSON

/// The file in which a stack keeps the event source mappings that callers of the API made: a JSON array of what
/// CreateEventSourceMapping would have to be sent to make each again, with its UUID.
struct EventSourceMappingFile: Sendable {
  /// A mapping in the file.
  struct Kept: Sendable {
    let uuid: String
    /// Milliseconds since 1970.
    let lastModified: Int64
    let request: EventSourceMappingRequest
    let json: JSONValue
  }

  let path: String
  /// What the file held when it was opened.
  let kept: [Kept]

  /// Reads the file; without one nothing was kept.
  init(path: String) throws(EventSourceMappingError) {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else {
      kept = []
      return
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw EventSourceMappingError(message: "\(path) cannot be read.")
    }
    guard let mappings = (try? JSONValue(parsing: bytes))?.arrayValue else {
      throw EventSourceMappingError(message: "\(path) is damaged. Correct it, or move it away.")
    }
    var kept: [Kept] = []
    for (index, json) in mappings.enumerated() {
      func damaged(_ reason: String) -> EventSourceMappingError {
        EventSourceMappingError(
          message: "Mapping \(index + 1) of \(path) is damaged: \(reason) Correct it, or remove it.")
      }
      guard let members = json.objectValue, let uuid = members["UUID"]?.stringValue else {
        throw damaged("It is no object with a UUID.")
      }
      let request: EventSourceMappingRequest
      do throws(InvokeAPIError) {
        request = try EventSourceMappingRequest(members)
      } catch {
        throw damaged(error.message)
      }
      kept.append(
        Kept(
          uuid: uuid, lastModified: members["LastModified"]?.int64Value ?? WallClock.milliseconds(), request: request,
          json: json))
    }
    self.kept = kept
  }

  /// Replaces what is in the file, as a whole.
  func write(_ mappings: [JSONValue]) throws {
    try Data(JSONValue.array(mappings).serializedBytes).write(to: URL(filePath: path), options: .atomic)
  }
}
