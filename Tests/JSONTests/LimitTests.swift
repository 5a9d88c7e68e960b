import JSON
import Testing

/// Each limit at its edge, where the text is good, and one over.
@Suite struct LimitTests {
  static func reason(_ text: String, _ limits: DocumentLimits) -> ParseError.Reason? {
    do {
      _ = try Document(parsing: Array(text.utf8), limits: limits)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: [1, 2, 128]) func depth(_ limit: Int) {
    let limits = DocumentLimits(depth: limit)
    #expect(Self.reason(String(repeating: "[", count: limit) + String(repeating: "]", count: limit), limits) == nil)
    #expect(Self.reason(String(repeating: "[", count: limit + 1), limits) == .tooDeep(limit: limit))
    #expect(Self.reason(String(repeating: #"{"a":"#, count: limit) + "1" + String(repeating: "}", count: limit), limits) == nil)
    #expect(Self.reason(String(repeating: #"{"a":"#, count: limit) + "{}", limits) == .tooDeep(limit: limit))
    // Side by side is not deep.
    #expect(Self.reason("[" + Array(repeating: "1", count: 300).joined(separator: ",") + "]", limits) == nil)
  }

  @Test func bytes() {
    let limits = DocumentLimits(bytes: 4)
    #expect(Self.reason("1234", limits) == nil)
    #expect(Self.reason("12345", limits) == .tooLarge(limit: 4))
    #expect(Self.reason("1    ", limits) == .tooLarge(limit: 4))
  }

  /// Names count too; and the tape grows to no more than the limit, however long the text is.
  @Test(arguments: [1, 3, 15, 16, 17, 100, 1000]) func values(_ limit: Int) {
    let limits = DocumentLimits(values: limit)
    let elements = Array(repeating: "\"\("x")\"", count: limit - 1)
    #expect(Self.reason("[" + elements.joined(separator: ",") + "]", limits) == nil)
    #expect(Self.reason("[" + (elements + ["0"]).joined(separator: ",") + "]", limits) == .tooManyValues(limit: limit))
    if limit % 2 == 1 {
      let members = (0..<limit / 2).map { "\"\($0)\":0" }
      #expect(Self.reason("{" + members.joined(separator: ",") + "}", limits) == nil)
      #expect(Self.reason("{" + (members + ["\"x\":0"]).joined(separator: ",") + "}", limits) == .tooManyValues(limit: limit))
    }
  }

  @Test func valuesHoldsForATapeThatIsLonger() throws {
    var document = try Document(parsing: Array(("[" + Array(repeating: "1", count: 500).joined(separator: ",") + "]").utf8))
    var parser = DocumentParser(limits: DocumentLimits(values: 3))
    try parser.parse(Array("[1,2]".utf8), into: &document)
    #expect(throws: ParseError(reason: .tooManyValues(limit: 3), offset: 5)) { try parser.parse(Array("[1,2,3]".utf8), into: &document) }
  }

  @Test(arguments: ["12345", "-12345", "12.345", "0.0012345", "12345e9", "0.12345E-9", "12300", "1230.0"]) func digits(_ text: String) {
    #expect(Self.reason(text, DocumentLimits(digits: 5)) == nil)
    #expect(Self.reason(text, DocumentLimits(digits: 4)) == .tooManyDigits(limit: 4))
  }

  @Test(arguments: ["1e12", "1E+12", "1.5e-12", "0e12", "1e0012"]) func exponent(_ text: String) {
    #expect(Self.reason(text, DocumentLimits(exponent: 12)) == nil)
    #expect(Self.reason(text, DocumentLimits(exponent: 11)) == .exponentTooLarge(limit: 11))
  }

  /// The exponent of the first digit counts as well: otherwise canonical text could go beyond the limit (a finding of the fuzzer).
  @Test(arguments: [
    ("100", 2), ("10.5", 1), ("1234e3", 6), ("11E+1000", 1001), ("0.001e1", 2), ("0.01", 2), ("0.0010", 3), ("0.5e-4", 5), ("9e-4", 4),
  ])
  func exponentOfTheFirstDigit(_ text: String, _ power: Int) {
    #expect(Self.reason(text, DocumentLimits(exponent: max(power, 1))) == nil)
    if power > 1 { #expect(Self.reason(text, DocumentLimits(exponent: power - 1)) == .exponentTooLarge(limit: power - 1)) }
  }

  @Test func zeroHasNoExtent() {
    #expect(Self.reason("0.0000000", DocumentLimits(digits: 1, exponent: 1)) == nil)
    #expect(Self.reason("-0.000e1", DocumentLimits(digits: 1, exponent: 1)) == nil)
  }

  @Test func standardLimits() {
    #expect(Self.reason("1" + String(repeating: "0", count: 999), .standard) == nil)
    #expect(Self.reason("1" + String(repeating: "0", count: 1000), .standard) == .tooManyDigits(limit: 1000))
    #expect(Self.reason("1e-1000", .standard) == nil)
    #expect(Self.reason("1e1001", .standard) == .exponentTooLarge(limit: 1000))
    #expect(Self.reason("1e" + String(repeating: "9", count: 100_000), .standard) == .exponentTooLarge(limit: 1000))
  }

  @Test func limitsThatAreNoLimitsTrap() async {
    await #expect(processExitsWith: .failure) { _ = DocumentParser(limits: DocumentLimits(depth: 0)) }
    await #expect(processExitsWith: .failure) { _ = DocumentParser(limits: DocumentLimits(bytes: 1 << 40)) }
    await #expect(processExitsWith: .failure) { _ = DocumentParser(limits: DocumentLimits(exponent: 1 << 40)) }
  }
}
