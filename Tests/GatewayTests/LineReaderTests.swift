import TestSupport
import Testing

@testable import Gateway

@Suite struct LineReaderTests {
  /// Every line the reader gives for a stream that arrives in pieces of `size` bytes.
  private func lines(_ text: String, limit: Int = 64, pieces size: Int = .max) -> [LineReader.Line] {
    var reader = LineReader(limit: limit)
    var found: [LineReader.Line] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      reader.fill(with: rest.prefix(size))
      rest = rest.dropFirst(size)
      while let line = reader.next() { found.append(line) }
    }
    if let last = reader.finish() { found.append(last) }
    return found
  }

  private func message(_ text: String) -> LineReader.Line { .message(Array(text.utf8)) }

  @Test(arguments: [1, 2, 3, 7, .max])
  func splitsAtNewlines(pieces: Int) {
    let found = lines("{\"a\":1}\n\n{\"b\":2}\r\n\r\nlast", pieces: pieces)
    #expect(found == [message("{\"a\":1}"), message("{\"b\":2}"), message("last")])
  }

  @Test(arguments: [1, 5, 64, .max])
  func aLineThatIsTooLongIsAnswerableAndTheNextOneIsRead(pieces: Int) {
    let long = #"{"method":"m","params":""# + String(repeating: "x", count: 300) + #"","id":"q7"}"#
    let found = lines(long + "\n{}\n", pieces: pieces)
    let outline = Outline(kind: .request, id: Array(#""q7""#.utf8))
    #expect(found == [.unreadable(.tooLong(limit: 64), outline), message("{}")])
  }

  @Test func theLimitIsTheLongestLineThatPasses() {
    let exact = String(repeating: "x", count: 64)
    #expect(lines(exact + "\n") == [message(exact)])
    #expect(lines(exact + "x\n") == [.unreadable(.tooLong(limit: 64), .unknown)])
    #expect(lines(exact + "x") == [.unreadable(.tooLong(limit: 64), .unknown)])
  }

  /// A server with universal newlines would see a second message here, which nobody has checked.
  @Test func aCarriageReturnInsideAMessageIsRefused() {
    let smuggled = "{\"id\":1,\"method\":\"ping\",\"params\":\r{\"id\":2,\"method\":\"tools/call\"}\r}"
    let outline = Outline(kind: .request, id: Array("1".utf8))
    #expect(lines(smuggled + "\n", limit: 1000) == [.unreadable(.carriageReturn, outline)])
    #expect(lines("a\r\r\n") == [.unreadable(.carriageReturn, .unknown)])
  }

  @Test func memoryStaysBounded() {
    var reader = LineReader(limit: 1 << 16)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
    for _ in 0..<200 {
      reader.fill(with: piece[...])
      #expect(reader.next() == nil)
    }
    #expect(reader.capacity <= 1 << 19)
    reader.fill(with: [UInt8(ascii: "\n")])
    #expect(reader.next() == .unreadable(.tooLong(limit: 1 << 16), .unknown))
  }

  @Test func readsTheSameHoweverTheStreamIsCut() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("ab{}\":,\n\n\r1\\ ")
    for _ in 0..<propertyRuns(500) {
      let text = String((0..<Int.random(in: 0...200, using: &random)).map { _ in alphabet.randomElement(using: &random)! })
      let whole = lines(text, limit: 20)
      #expect(lines(text, limit: 20, pieces: Int.random(in: 1...9, using: &random)) == whole, "SEED=\(seed) \(text.debugDescription)")
    }
  }
}
