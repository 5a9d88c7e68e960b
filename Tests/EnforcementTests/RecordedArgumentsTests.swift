import JSON
import Testing

@testable import Enforcement

struct RecordedArgumentsTests {
  @Test(arguments: [
    (#"{"city":"Lisbon","days":3}"#, ["city": 8, "days": 1]), ("{}", [:]), ("[1]", [:]),
    (#"{"caf\u00e9":true,"a":null}"#, ["café": 4, "a": 4]), (#"{"a\nb":[1, 2]}"#, ["a\nb": 6]),
  ])
  func namesAndSizes(text: String, expected: [String: Int]) throws {
    let document = try Document(parsing: Array(text.utf8))
    #expect(RecordedArguments(document, document.root).texts == expected)
  }

  @Test func onlySomeAreNamed() throws {
    let members = (0..<20).map { "\"a\($0)\":\($0)" }.joined(separator: ",")
    let document = try Document(parsing: Array("{\(members)}".utf8))
    let recorded = RecordedArguments(document, document.root)
    #expect(recorded.count == 20 && recorded.indices == 0..<8)
    #expect(recorded.texts == ["a0": 1, "a1": 1, "a2": 1, "a3": 1, "a4": 1, "a5": 1, "a6": 1, "a7": 1])
  }

  /// A record waits for the answer; the message must not wait with it when it is large.
  @Test func aLargeMessageIsNotKept() throws {
    let large = String(repeating: "x", count: 100_000)
    let document = try Document(parsing: Array("{\"text\":\"\(large)\",\"\(large)\":1}".utf8))
    let recorded = RecordedArguments(document, document.root)
    #expect(recorded.size(0) == 100_002 && recorded.size(1) == 1)
    #expect(recorded.name(0).count == 4 && recorded.name(1).count <= Limits.quotedBytes + 1)
  }
}
