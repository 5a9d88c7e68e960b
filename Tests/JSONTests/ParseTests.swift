import JSON
import Testing

/// A text that must be refused, for one reason at one place.
struct Refusal: Sendable, CustomTestStringConvertible {
  let text: [UInt8]
  let reason: ParseError.Reason
  let offset: Int

  init(_ text: String, _ reason: ParseError.Reason, at offset: Int) { self.init(Array(text.utf8), reason, at: offset) }

  init(_ text: [UInt8], _ reason: ParseError.Reason, at offset: Int) {
    self.text = text
    self.reason = reason
    self.offset = offset
  }

  var testDescription: String { String(decoding: text, as: UTF8.self).debugDescription }

  static let structure: [Refusal] = [
    Refusal("", .unexpectedEnd, at: 0), Refusal(" \n", .unexpectedEnd, at: 2),
    Refusal("[", .unexpectedEnd, at: 1), Refusal("[1", .unexpectedEnd, at: 2), Refusal("[1,", .unexpectedEnd, at: 3),
    Refusal("{", .unexpectedEnd, at: 1), Refusal(#"{"a""#, .unexpectedEnd, at: 4), Refusal(#"{"a":"#, .unexpectedEnd, at: 5),
    Refusal(#"{"a":1"#, .unexpectedEnd, at: 6), Refusal(#"{"a":1,"#, .unexpectedEnd, at: 7),
    Refusal("\u{FEFF}{}", .byteOrderMark, at: 0),
    Refusal("]", .valueExpected, at: 0), Refusal("[,]", .valueExpected, at: 1), Refusal("[1,]", .valueExpected, at: 3),
    Refusal("[1,,2]", .valueExpected, at: 3), Refusal("undefined", .valueExpected, at: 0), Refusal("nul!", .valueExpected, at: 0),
    Refusal("tru", .unexpectedEnd, at: 3), Refusal("True", .valueExpected, at: 0), Refusal("NaN", .valueExpected, at: 0),
    Refusal("+1", .valueExpected, at: 0), Refusal(".5", .valueExpected, at: 0), Refusal("'a'", .valueExpected, at: 0),
    Refusal("/**/1", .valueExpected, at: 0), Refusal("\u{0C}1", .valueExpected, at: 0), Refusal("\u{A0}1", .valueExpected, at: 0),
    Refusal(#"{"a":}"#, .valueExpected, at: 5),
    Refusal("{1:2}", .memberNameExpected, at: 1), Refusal(#"{"a":1,}"#, .memberNameExpected, at: 7),
    Refusal("{,}", .memberNameExpected, at: 1), Refusal("{a:1}", .memberNameExpected, at: 1), Refusal("{]", .memberNameExpected, at: 1),
    Refusal(#"{"a" 1}"#, .colonExpected, at: 5), Refusal(#"{"a"}"#, .colonExpected, at: 4), Refusal(#"{"a",1}"#, .colonExpected, at: 4),
    Refusal("[1 2]", .commaOrBracketExpected, at: 3), Refusal("[1}", .commaOrBracketExpected, at: 2),
    Refusal(#"["a":1]"#, .commaOrBracketExpected, at: 4),
    Refusal(#"{"a":1]"#, .commaOrBraceExpected, at: 6), Refusal(#"{"a":1 "b":2}"#, .commaOrBraceExpected, at: 7),
    Refusal(#"{"a":1:2}"#, .commaOrBraceExpected, at: 6),
    Refusal("1 2", .contentAfterEnd, at: 2), Refusal("{}}", .contentAfterEnd, at: 2), Refusal("[]]", .contentAfterEnd, at: 2),
    Refusal("null\u{0}", .contentAfterEnd, at: 4), Refusal("nulll", .contentAfterEnd, at: 4), Refusal("1\u{FEFF}", .contentAfterEnd, at: 1),
  ]

  static let numbers: [Refusal] = [
    Refusal("01", .leadingZero, at: 0), Refusal("-00", .leadingZero, at: 1), Refusal("[-012.5]", .leadingZero, at: 2),
    Refusal("-", .unexpectedEnd, at: 1), Refusal("1.", .unexpectedEnd, at: 2), Refusal("1e", .unexpectedEnd, at: 2),
    Refusal("1e-", .unexpectedEnd, at: 3), Refusal("-a", .digitExpected, at: 1), Refusal("--1", .digitExpected, at: 1),
    Refusal("[1.]", .digitExpected, at: 3), Refusal("[1.e1]", .digitExpected, at: 3), Refusal("[1e]", .digitExpected, at: 3),
    Refusal("[1e+]", .digitExpected, at: 4), Refusal("[1e+-1]", .digitExpected, at: 4), Refusal("-Infinity", .digitExpected, at: 1),
    Refusal("0x10", .contentAfterEnd, at: 1), Refusal("1_000", .contentAfterEnd, at: 1), Refusal("1.2.3", .contentAfterEnd, at: 3),
    Refusal("1e5e5", .contentAfterEnd, at: 3), Refusal("1e1.5", .contentAfterEnd, at: 3), Refusal("[1a]", .commaOrBracketExpected, at: 2),
    Refusal("\u{FF11}", .valueExpected, at: 0),
  ]

  static let strings: [Refusal] = [
    Refusal(#"""#, .unterminatedString, at: 0), Refusal(#"["abcdefghijklmnop"#, .unterminatedString, at: 1),
    Refusal(#"["a\""#, .unterminatedString, at: 1), Refusal("\"\\", .unexpectedEnd, at: 2), Refusal(#""\u12"#, .unexpectedEnd, at: 5),
    Refusal(#""\a""#, .invalidEscape, at: 1), Refusal(#""\U0041""#, .invalidEscape, at: 1), Refusal(#""\x41""#, .invalidEscape, at: 1),
    Refusal(#""\'""#, .invalidEscape, at: 1), Refusal(#""ab\u00g0""#, .invalidEscape, at: 3), Refusal(#""\u 041""#, .invalidEscape, at: 1),
    Refusal(#""\u+041""#, .invalidEscape, at: 1), Refusal(#""\u004""#, .invalidEscape, at: 1),
    Refusal(#""\ud800""#, .loneSurrogate, at: 1), Refusal(#""\uDBFFx""#, .loneSurrogate, at: 1),
    Refusal(#""a\udc00""#, .loneSurrogate, at: 2),
    Refusal(#""\ud800\ud800""#, .loneSurrogate, at: 1), Refusal(#""\ud800\u0041""#, .loneSurrogate, at: 1),
    Refusal(#""\ud800\n""#, .loneSurrogate, at: 1), Refusal(#""\udc00\ud800""#, .loneSurrogate, at: 1),
    Refusal(#""\ud800\udc0""#, .invalidEscape, at: 7), Refusal(#""\ud800\u"#, .unexpectedEnd, at: 9),
    Refusal(#"{"\ud800":1}"#, .loneSurrogate, at: 2),
  ]

  /// Every control character, at every place within a word of eight bytes.
  static let controls: [Refusal] = (0..<32).flatMap { byte in
    (0..<9).map { place in
      Refusal(
        [0x22] + [UInt8](repeating: 0x61, count: place) + [UInt8(byte)] + Array("bcdefghijk\"".utf8), .controlCharacter, at: place + 1)
    }
  }

  /// Bytes that are no UTF-8; each stands in a string, at three places within a word and at its end.
  static let encodings: [Refusal] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xC2, 0xC2], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE1, 0x80],
    [0xE1, 0x80, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], [0xEF, 0xBF],
    [0xF0, 0x80, 0x80, 0x80],
    [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF0, 0x90, 0x80, 0x41], [0xF0, 0x90, 0x41, 0x80], [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE], [0xFF],
  ].flatMap { (bytes: [UInt8]) in
    [0, 3, 7].flatMap { place in
      let start = [0x22] + [UInt8](repeating: 0x61, count: place)
      return [
        Refusal(start + bytes + Array("bcdefghijk\"".utf8), .invalidUTF8, at: place + 1),
        Refusal(start + bytes + [0x22], .invalidUTF8, at: place + 1), Refusal(start + bytes, .invalidUTF8, at: place + 1),
      ]
    }
  }
}

@Suite struct ParseTests {
  @Test(arguments: Refusal.structure + Refusal.numbers + Refusal.strings + Refusal.controls + Refusal.encodings)
  func refuses(_ refusal: Refusal) {
    #expect(throws: ParseError(reason: refusal.reason, offset: refusal.offset)) { try Document(parsing: refusal.text) }
  }

  @Test(arguments: [
    ("null", "null"), (" \t\r\n true \n", "true"), ("[ ]", "[]"), ("{ }", "{}"), ("[\n[ ],{\t}]", "[[],{}]"), ("-0", "0"), ("0e0", "0"),
    (#""\u0000""#, #""\u0000""#), (#""\/\b\f\n\r\t\"\\""#, #""/\b\f\n\r\t\"\\""#), (#""\u00e9\u20AC\ud83d\ude00""#, "\"é€😀\""),
    ("\"é€😀 \u{7F}\u{FFFF}\u{10FFFF}\"", "\"é€😀 \u{7F}\u{FFFF}\u{10FFFF}\""),
    (#"{"a" : [1 , {"b":null}] , "c":"" }"#, #"{"a":[1,{"b":null}],"c":""}"#),
    (#"{"":1}"#, #"{"":1}"#), ("1.50", "1.5"), ("1E+2", "100"),
  ])
  func accepts(_ text: String, _ written: String) throws {
    let value = try Value(parsing: Array(text.utf8))
    #expect(String(decoding: write(value), as: UTF8.self) == written)
  }

  /// All scalars there are, each as itself and escaped.
  @Test func readsEveryScalar() throws {
    var text = "["
    var expected: [Value] = []
    for value in (0x20...0x10FFFF as ClosedRange<UInt32>) where value % 61 == 0 || value < 0x900 || (0xD700...0xE100).contains(value) {
      guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
      let escapes = String(scalar).utf16.map { "\\u" + String(0x10000 + Int($0), radix: 16).dropFirst() }.joined()
      text += "\"\(scalar)\(escapes)\","
      expected.append(.string("\(scalar)\(scalar)"))
    }
    #expect(try Value(parsing: Array((text + "0]").utf8)) == .array(expected + [0]))
  }

  @Test func saysWhatIsWrongWithoutRepeatingTheText() throws {
    let secret = #"{"password":"hunter2" "x"}"#
    let error = try #require(throws: ParseError.self) { try Document(parsing: Array(secret.utf8)) }
    #expect(error.message == "a comma or the end of the object is expected (byte 22)")
    #expect(error.reason.code == "commaOrBraceExpected")
  }

  @Test(arguments: [
    (#"{"a":1,"a":2}"#, #"the name "a" is used twice in one object (byte 7)"#),
    (#"{"\u001b[31m\"":1,"\u001b[31m\"":2}"#, #"the name "\u{1b}[31m\"" is used twice in one object (byte 18)"#),
    (#"{"\u202e":1,"\u202e":2}"#, #"the name "\u{202e}" is used twice in one object (byte 12)"#),
    (
      #"{"0123456789012345678901234567890123456789":1,"0123456789012345678901234567890123456789":2}"#,
      #"the name "01234567890123456789012345678901..." is used twice in one object (byte 46)"#
    ),
  ])
  func showsADuplicateNameShortAndEscaped(_ text: String, _ message: String) throws {
    let error = try #require(throws: ParseError.self) { try Document(parsing: Array(text.utf8)) }
    #expect(error.message == message)
  }

  @Test func aFailureLeavesTheDocumentNull() throws {
    var parser = DocumentParser()
    var document = Document()
    try parser.parse(Array(#"{"role":"admin"}"#.utf8), into: &document)
    let copy = document
    #expect(throws: ParseError.self) { try parser.parse(Array(#"{"role":"#.utf8), into: &document) }
    #expect(document.bytes == Array("null".utf8))
    #expect(document.kind(document.root) == .null && document.source(document.root) == 0..<4)
    #expect(copy.member(copy.root, "role").map { copy.stringEquals($0, "admin") } == true)
  }
}
