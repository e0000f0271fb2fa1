import JSON
import Testing

@testable import LocalLambda

/// EventBridge's documented rules, and cases that were tried on it.
@Suite struct EventPatternTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let pattern: String
    let event: String
    let matches: Bool
    var testDescription: String { "\(pattern) \(matches ? "~" : "!~") \(event)" }
  }

  private static func yes(_ pattern: String, _ events: String...) -> [Case] {
    events.map { Case(pattern: pattern, event: $0, matches: true) }
  }

  private static func no(_ pattern: String, _ events: String...) -> [Case] {
    events.map { Case(pattern: pattern, event: $0, matches: false) }
  }

  static let equality =
    yes(#"{"a":["x","y"]}"#, #"{"a":"x"}"#, #"{"a":"y","b":1}"#, #"{"a":["z","y"]}"#)
    + no(#"{"a":["x","y"]}"#, #"{"a":"X"}"#, #"{"a":"xy"}"#, #"{"b":"x"}"#, #"{"a":null}"#, "{}", #"{"a":{"x":"y"}}"#)
    + no(#"{"A":["x"]}"#, #"{"a":"x"}"#)
    + yes(#"{"a":[300]}"#, #"{"a":300}"#, #"{"a":300.0}"#, #"{"a":3e2}"#)
    + no(#"{"a":[300]}"#, #"{"a":"300"}"#, #"{"a":301}"#)
    + yes(#"{"a":[false]}"#, #"{"a":false}"#) + no(#"{"a":[false]}"#, #"{"a":true}"#, #"{"a":"false"}"#)
    + yes(#"{"a":[null]}"#, #"{"a":null}"#) + no(#"{"a":[null]}"#, #"{"a":"null"}"#, #"{"a":[]}"#, "{}")
    + yes(#"{"a":[""]}"#, #"{"a":""}"#) + no(#"{"a":[""]}"#, #"{"a":" "}"#)

  static let structure =
    yes(#"{"a":{"b":["x"]},"c":[1]}"#, #"{"a":{"b":"x"},"c":1}"#)
    + no(
      #"{"a":{"b":["x"]},"c":[1]}"#, #"{"a":{"b":"x"},"c":2}"#, #"{"a":{"b":"y"},"c":1}"#,
      #"{"a":"{\"b\":\"x\"}","c":1}"#)
    + yes(#"{"a":{"b":{"c":["x"]}}}"#, #"{"a":{"b.c":"x"}}"#) + yes(#"{"a":{"b.c":["x"]}}"#, #"{"a":{"b":{"c":"x"}}}"#)
    // What is said of several fields of a list's objects holds of one of the objects.
    + yes(#"{"l":{"a":[1],"b":[2]}}"#, #"{"l":[{"a":0,"b":0},{"a":1,"b":2}]}"#)
    + no(#"{"l":{"a":[1],"b":[2]}}"#, #"{"l":[{"a":1,"b":0},{"a":0,"b":2}]}"#)
    + yes(#"{"l":{"id":[{"exists":true}]}}"#, #"{"l":[{"k":"v"},{"id":"x"}]}"#)

  static let alternatives =
    yes(
      #"{"a":[1],"$or":[{"b":[2]},{"c":{"d":[3]}}]}"#, #"{"a":1,"b":2}"#, #"{"a":1,"c":{"d":3}}"#,
      #"{"a":1,"b":0,"c":{"d":3}}"#)
    + no(#"{"a":[1],"$or":[{"b":[2]},{"c":{"d":[3]}}]}"#, #"{"a":0,"b":2}"#, #"{"a":1,"b":0}"#, #"{"a":1,"d":3}"#)
    + yes(#"{"x":{"$or":[{"a":[1]},{"b":[1]}]},"$or":[{"y":[1]},{"z":[1]}]}"#, #"{"x":{"b":1},"z":1}"#)
    + no(#"{"x":{"$or":[{"a":[1]},{"b":[1]}]},"$or":[{"y":[1]},{"z":[1]}]}"#, #"{"x":{"b":1}}"#, #"{"z":1}"#)

  static let existence =
    yes(#"{"a":[{"exists":true}]}"#, #"{"a":1}"#, #"{"a":null}"#, #"{"a":""}"#)
    + no(#"{"a":[{"exists":true}]}"#, "{}", #"{"a":[]}"#, #"{"a":{"b":1}}"#)
    + yes(#"{"a":{"b":[{"exists":false}]}}"#, "{}", #"{"a":1}"#, #"{"a":{"c":1}}"#)
    + no(#"{"a":{"b":[{"exists":false}]}}"#, #"{"a":{"b":1}}"#, #"{"a":{"b":null}}"#)
    + yes(#"{"a":[{"anything-but":["roses"]},{"exists":false}]}"#, #"{"a":"lilies"}"#, "{}")
    + no(#"{"a":[{"anything-but":["roses"]},{"exists":false}]}"#, #"{"a":"roses"}"#)

  static let text =
    yes(#"{"a":[{"prefix":"us-1"}]}"#, #"{"a":"us-1-x"}"#, #"{"a":"us-1"}"#)
    + no(#"{"a":[{"prefix":"us-1"}]}"#, #"{"a":"US-1"}"#, #"{"a":"x-us-1"}"#, #"{"a":1}"#)
    + yes(#"{"a":[{"prefix":""}]}"#, #"{"a":"x"}"#)
    + yes(#"{"a":[{"prefix":{"equals-ignore-case":"EventB"}}]}"#, #"{"a":"EvEnTbus"}"#)
    + yes(#"{"a":[{"suffix":".png"}]}"#, #"{"a":"i.png"}"#)
    + no(#"{"a":[{"suffix":".png"}]}"#, #"{"a":"i.PNG"}"#, #"{"a":"png"}"#)
    + yes(#"{"a":[{"suffix":{"equals-ignore-case":".png"}}]}"#, #"{"a":"i.PNG"}"#)
    + yes(#"{"a":[{"equals-ignore-case":"Äb"}]}"#, #"{"a":"äB"}"#, #"{"a":"Äb"}"#)
    + no(#"{"a":[{"equals-ignore-case":"ab"}]}"#, #"{"a":"abc"}"#, #"{"a":""}"#)

  static let numbers =
    yes(#"{"a":[{"numeric":[">",100]}]}"#, #"{"a":101}"#, #"{"a":100.5}"#)
    + no(#"{"a":[{"numeric":[">",100]}]}"#, #"{"a":100}"#, #"{"a":"300"}"#, #"{"a":null}"#)
    + yes(#"{"a":[{"numeric":[">=",100,"<",200]}]}"#, #"{"a":100}"#, #"{"a":199.9}"#)
    + no(#"{"a":[{"numeric":[">=",100,"<",200]}]}"#, #"{"a":200}"#, #"{"a":99}"#)
    + yes(#"{"a":[{"numeric":["<=",-1e1]}]}"#, #"{"a":-10}"#)
    + yes(#"{"a":[{"numeric":["=",301.8]}]}"#, #"{"a":3.018e2}"#) + no(#"{"a":[{"numeric":["=",5]}]}"#, #"{"a":6}"#)

  static let exclusions =
    yes(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":"y"}"#, #"{"a":null}"#, #"{"a":1}"#)
    + no(#"{"a":[{"anything-but":"x"}]}"#, #"{"a":"x"}"#, "{}")
    + yes(#"{"a":[{"anything-but":[100,200]}]}"#, #"{"a":99}"#)
    + no(#"{"a":[{"anything-but":[100,200]}]}"#, #"{"a":200}"#)
    + yes(#"{"a":[{"anything-but":{"prefix":"init"}}]}"#, #"{"a":"post-init"}"#, #"{"a":12}"#, #"{"a":null}"#)
    + no(#"{"a":[{"anything-but":{"prefix":["init","post"]}}]}"#, #"{"a":"post-init"}"#, "{}")
    + no(#"{"a":[{"anything-but":{"suffix":".txt"}}]}"#, #"{"a":"f.txt"}"#)
    + no(#"{"a":[{"anything-but":{"equals-ignore-case":["initializing","stopped"]}}]}"#, #"{"a":"Stopped"}"#)
    + yes(#"{"a":[{"anything-but":{"equals-ignore-case":"x"}}]}"#, #"{"a":"pending"}"#)

  @Test(arguments: equality + structure + alternatives + existence + text + numbers + exclusions)
  func matches(rule: Case) throws {
    #expect(try EventPattern(rule.pattern).matches(JSONValue(parsing: rule.event)) == rule.matches)
  }

  @Test(arguments: [
    "", "simple string", "null", "[]", "{}", #"{"a":{}}"#, #"{"a":"x"}"#, #"{"a":42}"#, #"{"a":[]}"#, #"{"a":[["x"]]}"#,
    #"{"a":[{"EXISTS":true}]}"#, #"{"a":[{"exists":"yes"}]}"#, #"{"a":[{"exists":true,"prefix":"x"}]}"#,
    #"{"a":[{"prefix":1}]}"#, #"{"a":[{"prefix":["x"]}]}"#, #"{"a":[{"suffix":null}]}"#,
    #"{"a":[{"equals-ignore-case":["x"]}]}"#, #"{"a":[{"equals-ignore-case":{"prefix":"x"}}]}"#,
    #"{"a":[{"numeric":10}]}"#, #"{"a":[{"numeric":[">",0,">",0]}]}"#, #"{"a":[{"numeric":[">",0,"<"]}]}"#,
    #"{"a":[{"numeric":[">","0"]}]}"#, #"{"a":[{"numeric":["!",0]}]}"#, #"{"a":[{"numeric":[">",5,"<",1]}]}"#,
    #"{"a":[{"numeric":[]}]}"#, #"{"a":[{"anything-but":null}]}"#, #"{"a":[{"anything-but":["x",null]}]}"#,
    #"{"a":[{"anything-but":["x",1]}]}"#, #"{"a":[{"anything-but":[]}]}"#, #"{"a":[{"anything-but":{"prefix":""}}]}"#,
    #"{"a":[{"anything-but":{"prefix":[1,"x"]}}]}"#, #"{"a":[{"anything-but":{"equals-ignore-case":1}}]}"#,
    #"{"a":[{"anything-but":{"prefix":{"equals-ignore-case":"x"}}}]}"#, #"{"$or":[{"a":[1]}]}"#, #"{"$or":[1,2]}"#,
    #"{"a":[{"wildcard":"*"}]}"#,
  ])
  func whatIsNoPatternIsRefused(pattern: String) {
    #expect(throws: EventPatternError.self) { try EventPattern(pattern) }
  }

  /// Lists that have nothing to do with each other are not tried in all combinations: that would be 10^16 of them.
  @Test func longListsDoNotMultiplyEither() throws {
    let lists = (0..<8).map { #""l\#($0)":[\#((0..<100).map { #"{"x":1,"y":\#($0)}"# }.joined(separator: ","))]"# }
    let event = try JSONValue(parsing: "{\(lists.joined(separator: ",")),\"z\":[{\"x\":1,\"y\":2},{\"x\":2,\"y\":1}]}")
    let conditions = (0..<8).map { #""l\#($0)":{"x":[1]}"# }.joined(separator: ",")
    #expect(try EventPattern(#"{\#(conditions),"z":{"x":[1],"y":[2]}}"#).matches(event))
    #expect(try !EventPattern(#"{\#(conditions),"z":{"x":[1],"y":[1]}}"#).matches(event))
  }

  @Test func alternativesDoNotMultiplyWithoutEnd() {
    let two = #"{"$or":[{"a":[1]},{"b":[1]}]}"#
    let many = (1...30).map { #""k\#($0)":\#(two)"# }.joined(separator: ",")
    #expect(throws: EventPatternError.self) { try EventPattern("{\(many)}") }
  }
}
