import Testing

@testable import LocalLambda

/// Every call in every state, with no sockets.
@Suite struct ExtensionRegistryTests {
  /// What a call is refused with, or nil.
  private func refusal(
    _ registry: inout ExtensionRegistry, _ call: (inout ExtensionRegistry) throws(ExtensionError) -> Void
  ) -> String? {
    do throws(ExtensionError) {
      try call(&registry)
      return nil
    } catch {
      return error.kind.rawValue
    }
  }

  private func register(_ registry: inout ExtensionRegistry, _ name: String, _ events: String...) -> String? {
    refusal(&registry) { (registry) throws(ExtensionError) in _ = try registry.register(name, events: events) }
  }

  private func poll(_ registry: inout ExtensionRegistry, _ id: String) -> String? {
    refusal(&registry) { (registry) throws(ExtensionError) in try registry.poll(id) }
  }

  @Test func anInternalOneRegistersPollsAndIsCalled() throws {
    var registry = ExtensionRegistry()
    let one = try registry.register("inside", events: ["INVOKE"])
    #expect(!registry.areReady)
    try registry.poll(one.id)
    #expect(registry.areReady)
    registry.deliver(to: one.id)
    #expect(!registry.areReady)
    try registry.poll(one.id)
    #expect(registry.areReady)
  }

  @Test func theRuntimeWaitsForAllExternalOnes() throws {
    var registry = ExtensionRegistry(external: ["a", "b"])
    #expect(!registry.areRegistered)
    _ = try registry.register("a", events: ["INVOKE", "SHUTDOWN"])
    #expect(!registry.areRegistered)
    let second = try registry.register("b", events: [])
    #expect(registry.areRegistered)
    #expect(second.isExternal)
  }

  @Test func whatIsRefusedHasItsType() throws {
    var registry = ExtensionRegistry(external: ["outside"])
    let nameless = register(&registry, "")
    let internalShutdown = register(&registry, "inside", "SHUTDOWN")
    let nap = register(&registry, "outside", "NAP")
    #expect(nameless == "Extension.InvalidExtensionName")
    #expect(internalShutdown == "Extension.InvalidEventType", "an internal one is not told of the end")
    #expect(nap == "Extension.InvalidEventType")

    let one = try registry.register("outside", events: ["INVOKE"])
    let twice = register(&registry, "outside")
    let unknown = poll(&registry, RandomID.uuid())
    #expect(twice == "Extension.InvalidExtensionState")
    #expect(unknown == "Extension.UnknownExtensionIdentifier")
    try registry.poll(one.id)
    let secondPoll = poll(&registry, one.id)
    let lateError = refusal(&registry) { (registry) throws(ExtensionError) in try registry.fail(one.id, .initError) }
    #expect(secondPoll == "Extension.InvalidExtensionState")
    #expect(lateError == "Extension.InvalidExtensionState")

    for number in 1..<ExtensionRegistry.limit { _ = try registry.register("inside-\(number)", events: []) }
    let oneTooMany = register(&registry, "one too many")
    registry.close()
    let late = register(&registry, "late")
    #expect(oneTooMany == "Extension.TooManyExtensions")
    #expect(late == "Extension.RegistrationClosed")
  }

  @Test func anErrorSaidTwiceCountsOnce() throws {
    var registry = ExtensionRegistry()
    let one = try registry.register("inside", events: [])
    try registry.fail(one.id, .exitError)
    try registry.fail(one.id, .exitError)
    #expect(registry[one.id]?.state == .exitError)
  }

  @Test func onManagedInstancesNobodyIsToldOfInvocations() {
    var registry = ExtensionRegistry(external: ["outside"], isManaged: true)
    let refused = ["outside", "inside"].map { register(&registry, $0, "INVOKE") }
    let accepted = register(&registry, "outside", "SHUTDOWN")
    #expect(refused == ["Extension.InvalidEventType", "Extension.InvalidEventType"])
    #expect(accepted == nil)
  }
}
