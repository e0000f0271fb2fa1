import Testing

@testable import LocalLambda

@Suite struct QueueDigestTests {
  static let text = MessageAttribute(dataType: "String", value: .string("attribValue 1"))
  static let number = MessageAttribute(
    dataType: "Number.float", value: .string("4563442423554324324264524243.32543234"))
  static let binary = MessageAttribute(dataType: "Binary", value: .binary(Array("Hello binary world!".utf8)))

  @Test(arguments: [
    (["attribName1": text], "19e27d4e946b072f3f58da80d94fd778"),
    (["customNumberTypeAttrib": number], "9fe1b90bbd9965bdf77bac517c7d2495"),
    (["binaryAttribute": binary], "31a92b15d92f8db860eda32aceb656c3"),
    (
      ["attribName1": text, "customNumberTypeAttrib": number, "binaryAttribute": binary],
      "c932db14a896c663f83c260297d594ff"
    ),
    (
      [
        "Title": MessageAttribute(dataType: "String", value: .string("The Whistler")),
        "Author": MessageAttribute(dataType: "String", value: .string("John Grisham")),
        "WeeksOn": MessageAttribute(dataType: "Number", value: .string("6")),
      ], "d25a6aea97eb8f585bfa92d314504a92"
    ),
  ])
  func theDigestOfAttributesIsAmazons(attributes: [String: MessageAttribute], digest: String) {
    #expect(MD5Digest(of: attributes)?.description == digest)
  }

  @Test func bodiesHaveTheirMD5() {
    #expect(MD5Digest(of: "").description == "d41d8cd98f00b204e9800998ecf8427e")
    #expect(MD5Digest(of: "hello").description == "5d41402abc4b2a76b9719d911017c592")
    #expect(MD5Digest(of: [:] as [String: MessageAttribute]) == nil)
  }
}
