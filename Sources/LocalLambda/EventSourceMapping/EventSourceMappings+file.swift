import JSON
import Logging
import NIOHTTP1

extension EventSourceMappings {
  /// Makes the file's mappings again. One that cannot be made as things are stays in the file for the next start, unless
  /// the template has one in its place.
  func restore() async {
    for kept in waiting {
      do throws(InvokeAPIError) {
        _ = try await make(kept.request, uuid: kept.uuid, lastModified: kept.lastModified)
      } catch {
        logger.warning("The event source mapping \(kept.uuid) of an earlier start is left out: \(error.message)")
        guard error.status == .conflict else { continue }
      }
      waiting.removeAll { $0.uuid == kept.uuid }
    }
  }

  /// Writes down what callers of the API have made.
  func save() {
    guard let file else { return }
    let made = order.compactMap { entries[$0] }.filter { $0.isCallers && $0.description.state != .deleting }
    do {
      try file.write(made.map(\.kept) + waiting.map(\.json))
    } catch {
      logger.error(
        "\(file.path) cannot be written, so the next start does not know this event source mapping: \(error)")
    }
  }
}

extension EventSourceMappings.Entry {
  /// As it is in the file.
  fileprivate var kept: JSONValue {
    guard var members = description.json.objectValue else { return .null }
    members["FunctionName"] = .string(description.functionARN)
    members["Enabled"] = .bool(isEnabled)
    members["LastModified"] = .integer(description.lastModified)
    for name in ["State", "StateTransitionReason", "LastProcessingResult"] { members[name] = nil }
    return .object(members)
  }
}
