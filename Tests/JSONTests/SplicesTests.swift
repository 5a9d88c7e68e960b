import JSON
import TestSupport
import Testing

@Suite struct SplicesTests {
  /// Applies what `change` does to `text`.
  static func splice(_ text: String, _ change: (Document, inout Splices) throws -> Void) throws -> String {
    let document = try Document(parsing: Array(text.utf8))
    var splices = Splices(of: document)
    try change(document, &splices)
    let spliced = splices.apply()
    _ = try Document(parsing: spliced)
    return String(decoding: spliced, as: UTF8.self)
  }

  @Test func nothingChangesNothing() throws {
    let text = " { \"a\" : 1.50 , \"\\u0062\" : [ ] }\n"
    let spliced = try Self.splice(text) { _, splices in #expect(splices.isEmpty) }
    #expect(spliced == text)
  }

  @Test func replaces() throws {
    let spliced = try Self.splice(#"{ "a": 1.0, "b": "\u0041" }"#) { document, splices in
      splices.replace(try #require(document.member(document.root, "a")), with: Array("[2]".utf8))
      #expect(!splices.isEmpty)
    }
    #expect(spliced == #"{ "a": [2], "b": "\u0041" }"#)
    #expect(try Self.splice("7") { document, splices in splices.replace(document.root, with: Array("8".utf8)) } == "8")
  }

  @Test(arguments: [
    (["a"], #"{ "b": 2 , "c" :3 }"#), (["b"], #"{ "a" :1, "c" :3 }"#), (["c"], #"{ "a" :1, "b": 2 }"#), (["a", "b"], #"{ "c" :3 }"#),
    (["c", "b"], #"{ "a" :1 }"#), (["a", "c"], #"{ "b": 2 }"#), (["b", "c", "a"], "{  }"), (["x"], #"{ "a" :1, "b": 2 , "c" :3 }"#),
  ])
  func removesMembers(_ names: [String], _ left: String) throws {
    let spliced = try Self.splice(#"{ "a" :1, "b": 2 , "c" :3 }"#) { document, splices in
      for name in names { splices.removeMember(named: name, of: document.root) }
    }
    #expect(spliced == left)
  }

  @Test(arguments: [([0], "[2,3]"), ([2], "[1, 2]"), ([1], "[1, 3]"), ([0, 1, 2], "[]"), ([1, 2], "[1]"), ([0, 2], "[2]")])
  func removesElements(_ indices: [Int], _ left: String) throws {
    let spliced = try Self.splice("[1, 2,3]") { document, splices in
      let elements = Array(document.elements(document.root))
      for index in indices { splices.removeElement(elements[index], of: document.root) }
    }
    #expect(spliced == left)
  }

  @Test(arguments: [
    (#"{"a":1 }"#, [], #"{"a":1,"x":7,"y\n":[] }"#), ("{ }", [], #"{"x":7,"y\n":[] }"#), (#"{"a":1 }"#, ["a"], #"{"x":7,"y\n":[] }"#),
    (#"{"a":1,"b":2}"#, ["b"], #"{"a":1,"x":7,"y\n":[]}"#), (#"{"a":1,"b":2}"#, ["a"], #"{"b":2,"x":7,"y\n":[]}"#),
  ])
  func insertsAtTheEnd(_ text: String, _ removed: [String], _ expected: String) throws {
    let spliced = try Self.splice(text) { document, splices in
      splices.insertMember("x", Array("7".utf8), atEndOf: document.root)
      for name in removed { splices.removeMember(named: name, of: document.root) }
      splices.insertMember("y\n", Array("[]".utf8), atEndOf: document.root)
    }
    #expect(spliced == expected)
  }

  @Test func changesInDifferentPlacesMeet() throws {
    let spliced = try Self.splice(#"{"a":{"b":1},"c":[{"d":2},{"e":3}]}"#) { document, splices in
      let inner = try #require(document.member(document.root, "a"))
      splices.replace(try #require(document.member(inner, "b")), with: Array("0".utf8))
      splices.insertMember("n", Array("1".utf8), atEndOf: inner)
      let list = try #require(document.member(document.root, "c"))
      splices.removeElement(try #require(document.firstChild(list)), of: list)
      splices.insertMember("z", Array("2".utf8), atEndOf: document.root)
    }
    #expect(spliced == #"{"a":{"b":0,"n":1},"c":[{"e":3}],"z":2}"#)
  }

  @Test func overlappingChangesTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = try Self.splice("[1,2]") { document, splices in
        splices.replace(document.root, with: Array("0".utf8))
        splices.removeElement(try #require(document.firstChild(document.root)), of: document.root)
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = try Self.splice("[1,2]") { document, splices in
        splices.replace(1..<3, with: [])
        splices.replace(2..<4, with: [])
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = try Self.splice(#"{"a":{}}"#) { document, splices in
        let inner = try #require(document.member(document.root, "a"))
        splices.removeMember(named: "a", of: document.root)
        splices.insertMember("x", Array("1".utf8), atEndOf: inner)
      }
    }
  }

  @Test func mistakenContainersTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = try Self.splice("[[1],2]") { document, splices in
        let inner = try #require(document.firstChild(document.root))
        splices.removeElement(try #require(document.firstChild(inner)), of: document.root)
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = try Self.splice("[1]") { document, splices in splices.insertMember("x", [], atEndOf: document.root) }
    }
  }

  /// Random changes to one object, against the same changes to its value; and what was not named keeps its bytes.
  @Test func agreesWithChangingTheValue() throws {
    let seed = propertySeed()
    var generator = Generator(seed: seed)
    for run in 0..<propertyRuns(3_000) {
      guard case .object(let members) = generator.value() else { continue }
      let text = generator.spell(.object(members))
      let document = try Document(parsing: Array(text.utf8))
      var splices = Splices(of: document)
      var expected: [Value.Member] = []
      var kept: [[UInt8]] = []
      for (member, nodes) in zip(members, document.members(document.root)) {
        switch Int.random(in: 0..<3, using: &generator.random) {
        case 0: splices.removeMember(nodes.key, of: document.root)
        case 1:
          let value = generator.value(depth: 1)
          splices.replace(nodes.value, with: Array(generator.spell(value).utf8))
          expected.append(Value.Member(member.name, value))
        default:
          expected.append(member)
          kept.append(Array(document.bytes[document.source(nodes.key).lowerBound..<document.source(nodes.value).upperBound]))
        }
      }
      if Bool.random(using: &generator.random) {
        splices.insertMember("new member", Array("[0]".utf8), atEndOf: document.root)
        expected.append(Value.Member("new member", [0]))
      }
      let spliced = splices.apply()
      let comment = Comment(rawValue: "SEED=\(seed), run \(run): \(text) became \(String(decoding: spliced, as: UTF8.self))")
      #expect(try Value(parsing: spliced) == .object(expected), comment)
      let after = try Document(parsing: spliced)
      let sources = Set(
        after.members(after.root).map { Array(after.bytes[after.source($0.key).lowerBound..<after.source($0.value).upperBound]) })
      #expect(kept.allSatisfy(sources.contains), comment)
    }
  }
}
