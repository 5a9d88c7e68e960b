import JSON
import Testing

@Suite struct PointerTests {
  /// The examples of RFC 6901, section 5.
  static let text = #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#

  @Test(arguments: [
    ("", text), ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"),
    ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
  ])
  func finds(_ text: String, _ found: String) throws {
    let document = try Document(parsing: Array(Self.text.utf8))
    let pointer = try #require(Pointer(parsing: text))
    #expect(pointer.description == text)
    let node = try #require(document.find(pointer, from: document.root))
    #expect(String(decoding: document.bytes[document.source(node)], as: UTF8.self) == found)
    #expect(Value(document, document.root).find(pointer) == Value(document, node))
  }

  @Test(arguments: [
    "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/", "/foo/0/x", "/fo", "/foo/99999999999999999999", "/m~01n", "/foo/\u{661}",
  ])
  func findsNothing(_ text: String) throws {
    let document = try Document(parsing: Array(Self.text.utf8))
    let pointer = try #require(Pointer(parsing: text))
    #expect(document.find(pointer, from: document.root) == nil && Value(document, document.root).find(pointer) == nil)
  }

  @Test(arguments: ["foo", " /", "/~", "/~2", "/a~"]) func isNoPointer(_ text: String) { #expect(Pointer(parsing: text) == nil) }

  @Test func escapesEachToken() {
    #expect(Pointer(["~1", "/", "~"]).appending(3).description == "/~01/~1/~0/3")
    #expect(Pointer(parsing: "/~01")?.tokens == ["~1"])
  }
}
