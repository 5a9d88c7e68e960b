import HTTPGateway
import TestSupport
import Testing

@Suite struct EventParserTests {
  private func read(_ text: String, pieces: Int = .max, limit: Int = 1 << 20) throws -> [ServerEvent] {
    var parser = EventParser(limit: limit)
    var events: [ServerEvent] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      try parser.read(rest.prefix(pieces), into: &events)
      rest = rest.dropFirst(pieces)
    }
    return events
  }

  private func event(_ data: String, type: String = "", id: String? = nil) -> ServerEvent {
    ServerEvent(type: Array(type.utf8), data: Array(data.utf8), identifier: id.map { Array($0.utf8) })
  }

  @Test(arguments: [1, 2, 3, 100])
  func readsWhatTheStandardSays(pieces: Int) throws {
    #expect(try read("data: a\n\n", pieces: pieces) == [event("a")])
    #expect(try read("data:a\r\rdata: b\r\n\r\n", pieces: pieces) == [event("a"), event("b")])
    #expect(try read("data: a\ndata:  b\n\n", pieces: pieces) == [event("a\n b")])
    #expect(try read("\u{FEFF}data: a\n\n", pieces: pieces) == [event("a")])
    #expect(try read(": comment\n\ndata: a\n\n", pieces: pieces) == [event("a")])
    #expect(
      try read("event: message\nid: 7\ndata: a\n\ndata: b\n\n", pieces: pieces) == [
        event("a", type: "message", id: "7"), event("b", id: "7"),
      ])
    #expect(try read("id: 1\n\n", pieces: pieces) == [event("", id: "1")])
    #expect(try read("data\n\n", pieces: pieces) == [event("")])
    #expect(try read("data: cut off", pieces: pieces).isEmpty)
    #expect(try read("data: cut off\n", pieces: pieces).isEmpty)
    #expect(try read("id: a\u{0}b\ndata: x\n\n", pieces: pieces) == [event("x")])
    #expect(try read("unknown: x\ndata: a\n\n", pieces: pieces) == [event("a")])
  }

  @Test func boundsOneEvent() throws {
    #expect(throws: EventParser.TooLarge.self) { try read("data: " + String(repeating: "a", count: 200), limit: 100) }
    #expect(throws: EventParser.TooLarge.self) { try read(String(repeating: "data: aaaaaaaaaa\n", count: 20), limit: 100) }
    #expect(try read(String(repeating: "data: aaaaaaaaaa\n\n", count: 1_000), limit: 100).count == 1_000)
  }

  @Test func whatIsWrittenIsRead() throws {
    let message = Array(#"{"jsonrpc":"2.0"}"#.utf8)
    let text = String(
      decoding: EventWriter.comment + EventWriter.event(message, identifier: "3-1") + EventWriter.priming("3-2"), as: UTF8.self)
    #expect(try read(text) == [event(#"{"jsonrpc":"2.0"}"#, type: "message", id: "3-1"), event("", id: "3-2")])
  }

  @Test func piecesMakeNoDifference() throws {
    let number = propertySeed()
    var seed = SeededGenerator(seed: number)
    let words = ["data: ", "data:", "id: 1", "event: x", ":", "\n", "\r", "\r\n", "a", " ", "\n\n", "retry: 5", "\u{FEFF}"]
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 1...12, using: &seed)).map { _ in words.randomElement(using: &seed)! }.joined()
      #expect(try read(text, pieces: Int.random(in: 1...4, using: &seed)) == (try read(text)), "seed \(number): \(text.debugDescription)")
    }
  }
}
