import JSON
import TestSupport
import Testing

@testable import Gateway

@Suite struct OutlineScannerTests {
  struct Case: CustomTestStringConvertible {
    let text: String
    let kind: Outline.Kind
    let id: String?
    var testDescription: String { text }
  }

  static let cases: [Case] = [
    Case(text: #"{"jsonrpc":"2.0","id":1,"method":"x"}"#, kind: .request, id: "1"),
    Case(text: #"{ "id" : -17 , "method" : "x" }"#, kind: .request, id: "-17"),
    Case(text: #"{"method":"x","params":{"id":9,"a":[{"id":8}]},"id":"a b"}"#, kind: .request, id: #""a b""#),
    Case(text: #"{"method":"x","params":"}\",{\"id\":3"}"#, kind: .notification, id: nil),
    Case(text: #"{"id":5,"result":{"method":"no"}}"#, kind: .response, id: "5"),
    Case(text: #"{"error":{"code":1},"id":null}"#, kind: .response, id: nil),
    Case(text: #"{"id":1,"id":2,"method":"x"}"#, kind: .unknown, id: nil),
    Case(text: #"{"id":1.5,"method":"x"}"#, kind: .request, id: nil),
    Case(text: #"{"id":01,"method":"x"}"#, kind: .request, id: nil),
    Case(text: #"{"id":"a\nb","method":"x"}"#, kind: .request, id: nil),
    Case(text: #"{"id":[1],"method":"x"}"#, kind: .request, id: nil),
    Case(text: #"{"id":1 2,"method":"x"}"#, kind: .unknown, id: nil),
    Case(text: #"{"i\u0064":1,"method":"x"}"#, kind: .unknown, id: nil),
    Case(text: #"[{"id":1,"method":"x"}]"#, kind: .unknown, id: nil),
    Case(text: #""id""#, kind: .unknown, id: nil),
    Case(text: #"{"id":"\#(String(repeating: "x", count: 300))","method":"x"}"#, kind: .request, id: nil),
    Case(text: #"{"id":7,"method":"tools/call","params":{"text":"cut sho"#, kind: .request, id: "7"),
  ]

  @Test(arguments: cases, [1, 4, .max])
  func reads(_ example: Case, pieces: Int) {
    var scanner = OutlineScanner()
    var rest = Array(example.text.utf8)[...]
    while !rest.isEmpty {
      scanner.read(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
    }
    #expect(scanner.outline == Outline(kind: example.kind, id: example.id.map { Array($0.utf8) }))
  }

  /// Whatever goes by, our answer is well-formed: the id is the only part of it that is not ours.
  @Test func answersAreAlwaysJSON() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let words = ["{", "}", "[", "]", "\"id\"", "\"method\"", ":", ",", "1", "-", "\"x\"", "\"", "\\", "null", " ", "é", "\u{7F}"]
    for _ in 0..<propertyRuns(2000) {
      let text = "{\"id\":" + (0..<12).map { _ in words.randomElement(using: &random)! }.joined()
      var scanner = OutlineScanner()
      scanner.read(Array(text.utf8)[...])
      let answer = errorResponse(to: scanner.outline, .carriageReturn)
      let value = try? Value(parsing: answer)
      #expect(value?["error"]?["code"]?.number == Number(-32700), "SEED=\(seed) \(text)")
    }
  }
}
