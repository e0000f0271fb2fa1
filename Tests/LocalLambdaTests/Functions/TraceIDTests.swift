import Testing

@testable import LocalLambda

@Suite struct TraceIDTests {
  private static let root = "Root=1-5759e988-bd862e3fe1be46a994272793"

  @Test(arguments: [
    "\(root);Parent=53995c3f42cd8ad8;Sampled=1", "\(root);Parent=53995c3f42cd8ad8;Sampled=0",
    "\(root);Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1|68fd508a:5",
  ])
  func whatIsCompleteStays(header: String) {
    #expect(TraceID.complete(header) == header)
  }

  @Test(arguments: [
    root, "\(root);Sampled=0", "\(root);Sampled=?", "\(root);Parent=7", "\(root);Parent=53995c3f42cd8adx;Sampled=0",
    "Self=1-67891234-12456789abcdef012345678a;\(root)", "Sampled=0; \(root)",
  ])
  func whatIsMissingIsAdded(header: String) {
    let complete = TraceID.complete(header)
    #expect(complete.hasPrefix("\(Self.root);"))
    #expect(Self.isWhole(complete), "\(complete)")
  }

  @Test func whatIsThereIsKept() {
    let parent = "\(Self.root);Parent=53995c3f42cd8ad8"
    #expect(TraceID.complete(parent) == "\(parent);Sampled=0")
    #expect(TraceID.complete("\(Self.root);Sampled=1").hasSuffix(";Sampled=1"))
  }

  @Test(
    arguments: [
      nil, "", "garbage", "Root=", "Root=1-2-3", "Root=2-5759e988-bd862e3fe1be46a994272793",
      "Root=1-5759e988-bd862e3fe1be46a99427279x", "1-5759e988-bd862e3fe1be46a994272793",
      "Parent=53995c3f42cd8ad8;Sampled=1",
    ] as [String?])
  func whatIsNoTraceMakesWayForANewOne(header: String?) {
    let (first, second) = (TraceID.complete(header), TraceID.complete(header))
    #expect(Self.isWhole(first), "\(first)")
    #expect(first != second)
  }

  private static func isWhole(_ header: String) -> Bool {
    header.wholeMatch(of: #/Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0/#) != nil
  }
}
