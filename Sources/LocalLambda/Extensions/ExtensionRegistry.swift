/// The extensions of one environment: who has registered, for what, and where each stands.
///
/// A plain value: it knows no sockets and no processes. The rules, names and refusals are those of Amazon's own emulator.
/// See [Lambda Extensions API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html).
struct ExtensionRegistry: Sendable {
  enum Event: String, Sendable { case invoke = "INVOKE", shutdown = "SHUTDOWN" }

  enum State: String, Sendable {
    /// Its process was started, and has not registered yet.
    case started = "Started"
    case registered = "Registered"
    /// It waits for the next event.
    case ready = "Ready"
    /// It works on an event.
    case running = "Running"
    case initError = "InitError"
    case exitError = "ExitError"
  }

  struct Extension: Sendable {
    let id: String
    let name: String
    /// A process of its own; an internal one lives in the runtime's.
    let isExternal: Bool
    var events: Set<Event> = []
    var state: State
  }

  /// How an extension says that it failed.
  enum Failure: Sendable {
    case initError, exitError

    var state: State { self == .initError ? .initError : .exitError }
    /// The state as a refusal names it.
    fileprivate var target: String { self == .initError ? "InitError" : "Exited" }
  }

  static let limit = 10

  private(set) var extensions: [Extension]
  /// Whether the runtime works on several invocations at once: then nobody is told of each.
  private let isManaged: Bool
  /// With the runtime's first poll nobody may register any more.
  private(set) var isOpen = true

  /// With the names of the external ones, which will be started.
  init(external names: [String] = [], isManaged: Bool = false) {
    self.isManaged = isManaged
    extensions = names.map { Extension(id: RandomID.uuid(), name: $0, isExternal: true, state: .started) }
  }

  /// All external ones have registered: the runtime may start.
  var areRegistered: Bool { extensions.allSatisfy { $0.state != .started } }
  /// All wait for the next event: init, or an invocation, is over as far as they are concerned.
  var areReady: Bool { extensions.allSatisfy { $0.state == .ready } }
  var hasExternal: Bool { extensions.contains { $0.isExternal } }

  subscript(id: String) -> Extension? { extensions.first { $0.id == id } }

  /// `POST /extension/register`.
  mutating func register(_ name: String, events: [String]) throws(ExtensionError) -> Extension {
    guard !name.isEmpty else { throw ExtensionError(.invalidExtensionName, "Empty extension name") }
    let index = extensions.firstIndex { $0.name == name && $0.isExternal }
    var wanted: Set<Event> = []
    for event in events { wanted.insert(try check(event, isExternal: index != nil)) }
    if let index {
      guard extensions[index].state == .started else { throw refusal(of: extensions[index], to: "Registered", name) }
      extensions[index].events = wanted
      extensions[index].state = .registered
      return extensions[index]
    }
    guard isOpen else { throw ExtensionError(.registrationClosed, "Extension registration closed already") }
    guard extensions.count < Self.limit else {
      throw ExtensionError(.tooManyExtensions, "Extension limit (\(Self.limit)) reached")
    }
    guard !extensions.contains(where: { $0.name == name }) else {
      throw ExtensionError(.invalidExtensionState, "Extension with this name already registered")
    }
    let new = Extension(id: RandomID.uuid(), name: name, isExternal: false, events: wanted, state: .registered)
    extensions.append(new)
    return new
  }

  private func check(_ name: String, isExternal: Bool) throws(ExtensionError) -> Event {
    guard let event = Event(rawValue: name) else {
      throw ExtensionError(.invalidEventType, "\(name): ErrorInvalidEventType")
    }
    switch (event, isExternal) {
    case (.shutdown, false):
      throw ExtensionError(.invalidEventType, "\(name): ShutdownEventNotSupportedForInternalExtension")
    case (.invoke, _) where isManaged:
      throw ExtensionError(.invalidEventType, "\(name): ErrorInvalidEventType")
    default: return event
    }
  }

  /// The runtime has polled.
  mutating func close() { isOpen = false }

  /// `GET /extension/event/next`.
  mutating func poll(_ id: String) throws(ExtensionError) {
    let index = try index(of: id)
    guard [.registered, .running].contains(extensions[index].state) else {
      throw refusal(of: extensions[index], to: "Ready", id)
    }
    extensions[index].state = .ready
  }

  /// The connection of a poll broke.
  mutating func pollLost(_ id: String) { change(id, from: .ready, to: .running) }

  /// An event is sent to an extension that waits.
  mutating func deliver(to id: String) { change(id, from: .ready, to: .running) }

  /// `POST /extension/init/error` or `…/exit/error`. Said twice, it counts once.
  mutating func fail(_ id: String, _ failure: Failure) throws(ExtensionError) {
    let index = try index(of: id)
    let state = extensions[index].state
    let isAllowed =
      failure == .initError
      ? [.registered, .initError].contains(state) : [.registered, .ready, .running, .exitError].contains(state)
    guard isAllowed else { throw refusal(of: extensions[index], to: failure.target, id) }
    extensions[index].state = failure.state
  }

  private mutating func change(_ id: String, from: State, to: State) {
    guard let index = extensions.firstIndex(where: { $0.id == id }), extensions[index].state == from else { return }
    extensions[index].state = to
  }

  private func index(of id: String) throws(ExtensionError) -> Int {
    guard let index = extensions.firstIndex(where: { $0.id == id && $0.state != .started }) else {
      throw ExtensionError(.unknownExtensionIdentifier, "Unknown extension \(id)")
    }
    return index
  }

  private func refusal(of one: Extension, to state: String, _ what: String) -> ExtensionError {
    ExtensionError(
      .invalidExtensionState,
      "State transition from \(one.state.rawValue) to \(state) failed for extension \(what). "
        + "Error: State transition is not allowed")
  }
}
