import Foundation
import Syntax
import TestSupport
import Testing
import Text

/// The pages of docs/errors that the parser's codes have: each example does what its page says.
struct ErrorPageTests {
  static let codes: [Diagnostic.Code] = [
    .invalidUTF8, .hiddenCharacter, .unknownCharacter, .unterminatedString, .invalidEscape, .invalidNumber, .invalidUnit, .invalidMoment,
    .unterminatedRegex, .limitExceeded, .nestedTooDeeply, .tooManyErrors, .unexpectedToken, .unknownDeclaration, .unknownWord,
    .duplicateClause, .missingClause, .misplacedDocumentation, .literalFirst, .chainedComparison, .unclosedBracket, .rowLength,
    .foreignSyntax, .reservedName, .misplacedModifier, .wrongLiteral, .mixedConnectives,
  ]

  @Test(arguments: codes)
  func page(_ code: Diagnostic.Code) throws {
    let path = URL(filePath: #filePath).appending(path: "../../../docs/errors/\(code).md").standardized.path
    let data = try #require(FileManager.default.contents(atPath: path), "\(path) is missing")
    let page = String(decoding: data, as: UTF8.self)
    #expect(page.hasPrefix("# \(code) \(code.name)\n"))
    let failing = blocks(of: page, marked: "sally fails")
    let passing = blocks(of: page, marked: "sally")
    try #require(failing.count == 1 && passing.count == 1, "one example that fails and one that does not")
    let reported = parse(SourceFile(id: .init(0), path: "x.sally", bytes: expanded(failing[0]))).diagnostics.map(\.code)
    // The page on too many errors has others before its own.
    #expect(code == .tooManyErrors ? reported.last == code : Set(reported) == [code])
    #expect(parse(SourceFile(id: .init(0), path: "x.sally", bytes: expanded(passing[0]))).diagnostics.map(\.message) == [])
  }

  /// Every code of the module has its page, and the numbers leave no gap in which one could hide.
  @Test func codesAreNumberedInOrder() {
    #expect(Self.codes.map { Int($0.number) } == Array(1...Self.codes.count))
  }

  private func blocks(of page: String, marked mark: String) -> [String] {
    page.components(separatedBy: "```\(mark)\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
  }

  /// `⟨E9⟩` stands for a byte, `⟨U+202E⟩` for a character, `⟨101 times⟩` at the end of a line for repeating it.
  private func expanded(_ example: String) -> [UInt8] {
    var out: [UInt8] = []
    for line in example.components(separatedBy: "\n") {
      let parts = line.components(separatedBy: "⟨")
      var bytes = Array(parts[0].utf8)
      var times = 1
      for part in parts.dropFirst() {
        let halves = part.components(separatedBy: "⟩")
        if let byte = UInt8(halves[0], radix: 16) {
          bytes.append(byte)
        } else if halves[0].hasPrefix("U+"), let scalar = UInt32(halves[0].dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init) {
          bytes += Array(String(scalar).utf8)
        } else if let count = Int(halves[0].prefix { $0.isNumber }) {
          times = count
        }
        bytes += Array(halves[1].utf8)
      }
      for _ in 0..<times { out += bytes + [UInt8(ascii: "\n")] }
    }
    return out
  }
}
