import JSON
import Testing

@Suite struct DocumentTests {
  static let text = #"{"name":"é\n","list":[1,[2,{"deep":true}],"x"],"empty":{},"no":false,"nil":null,"1234567\u0038":-1.50e1}"#
  let document: Document

  init() throws { document = try Document(parsing: Array(Self.text.utf8)) }

  @Test func kindsAndCounts() throws {
    let root = document.root
    #expect(document.kind(root) == .object && document.count(root) == 6)
    let kinds = document.members(root).map { document.kind($0.value) }
    #expect(kinds == [.string, .array, .object, .boolean, .null, .number])
    #expect(document.members(root).map { document.string($0.key) } == ["name", "list", "empty", "no", "nil", "12345678"])
    #expect(document.members(root).map { document.count($0.value) } == [0, 3, 0, 0, 0, 0])
  }

  @Test func membersAreFoundByName() throws {
    let root = document.root
    for name in ["name", "list", "empty", "no", "nil", "12345678"] {
      let node = try #require(document.member(root, name))
      #expect(document.member(root, Array(name.utf8)) == node)
      #expect(document.member(root, MemberName(name)) == node)
    }
    #expect(document.member(root, "deep") == nil && document.member(root, "") == nil && document.member(root, "nam") == nil)
    let list = try #require(document.member(root, "list"))
    #expect(document.member(list, "x") == nil && document.elements(root).isEmpty && document.members(list).isEmpty)
  }

  @Test func walkingWithoutIterators() throws {
    let list = try #require(document.member(document.root, "list"))
    var nodes: [Node] = []
    var next = document.firstChild(list)
    while let node = next {
      nodes.append(node)
      next = document.sibling(after: node, in: list)
    }
    #expect(nodes == Array(document.elements(list)) && nodes.count == 3)
    let empty = try #require(document.member(document.root, "empty"))
    #expect(document.firstChild(empty) == nil)
    var keys: [Node] = []
    next = document.firstChild(document.root)
    while let key = next {
      keys.append(key)
      next = document.sibling(after: document.value(of: key), in: document.root)
    }
    #expect(keys == document.members(document.root).map(\.key))
  }

  @Test func sourcesAreTheExactBytes() throws {
    let sources = document.members(document.root).map { String(decoding: document.bytes[document.source($0.value)], as: UTF8.self) }
    #expect(sources == [#""é\n""#, #"[1,[2,{"deep":true}],"x"]"#, "{}", "false", "null", "-1.50e1"])
    let spaced = try Document(parsing: Array(" [ 1 , { } ] ".utf8))
    #expect(spaced.source(spaced.root) == 1..<12)
    #expect(spaced.elements(spaced.root).map(spaced.source) == [3..<4, 7..<10])
  }

  @Test func strings() throws {
    let name = try #require(document.member(document.root, "name"))
    #expect(document.string(name) == "é\n" && document.hasEscapes(name))
    #expect(document.stringBytes(name).map { String(decoding: document.bytes[$0], as: UTF8.self) } == #"é\n"#)
    var decoded = Array("+".utf8)
    document.decodeString(name, appendingTo: &decoded)
    #expect(decoded == Array("+é\n".utf8))
    #expect(document.stringEquals(name, "é\n") && document.stringEquals(name, Array("é\n".utf8)))
    for other in ["é", "é\n ", "e\u{301}\n", #"é\n"#, ""] { #expect(!document.stringEquals(name, other)) }
    #expect(document.string(document.root) == nil && document.stringBytes(document.root) == nil)
    #expect(!document.stringEquals(document.root, "") && !document.hasEscapes(document.root))
    decoded = []
    document.decodeString(document.root, appendingTo: &decoded)
    #expect(decoded.isEmpty)
  }

  @Test func scalars() throws {
    let no = try #require(document.member(document.root, "no"))
    #expect(document.boolean(no) == false && document.boolean(document.root) == nil)
    let number = try #require(document.member(document.root, "12345678"))
    #expect(document.number(number) == -15 && document.fixed(number) == Number.Fixed(coefficient: -15))
    #expect(document.number(no) == nil && document.fixed(no) == nil && document.order(no, 1) == nil && !document.isInteger(no))
    #expect(try document.isNull(#require(document.member(document.root, "nil"))) && !document.isNull(no))
  }

  /// A parser and a document that are used again must read as new ones do.
  @Test func reuseMakesNoDifference() throws {
    var parser = DocumentParser()
    var document = Document()
    for text in [
      Self.text, "[1,[2,[3]],{}]", "{}", "7", String(repeating: "[", count: 100) + String(repeating: "]", count: 100), Self.text,
    ] {
      try parser.parse(Array(text.utf8), into: &document)
      let fresh = try Document(parsing: Array(text.utf8))
      #expect(Value(document, document.root) == Value(fresh, fresh.root))
      #expect(document.source(document.root) == fresh.source(fresh.root))
    }
  }

  @Test func aCopyKeepsWhatItWas() throws {
    var parser = DocumentParser()
    var document = try Document(parsing: Array("[1,2]".utf8))
    let copy = document
    try parser.parse(Array(#"{"a":"b"}"#.utf8), into: &document)
    #expect(Value(copy, copy.root) == [1, 2] && Value(document, document.root) == ["a": "b"])
  }
}

extension Sequence {
  fileprivate var isEmpty: Bool { !contains { _ in true } }
}
