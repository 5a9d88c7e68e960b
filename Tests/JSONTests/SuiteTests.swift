import Foundation
import JSON
import TestSupport
import Testing

/// JSONTestSuite (Nicolas Seriot): `y_` must be accepted, `n_` refused, `i_` is up to the parser.
@Suite struct SuiteTests {
  static let folder = Corpora.folder("json-test-suite/test_parsing")

  static func files(_ prefix: String) -> [String] {
    guard let folder else { return [] }
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix(prefix) }.sorted()
  }

  static func parse(_ name: String) throws -> Document {
    let folder = try #require(folder)
    let data = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"))
    return try Document(parsing: Array(data))
  }

  @Test(.enabled(if: folder != nil, Comment(rawValue: Corpora.absent))) func holdsTheWholeSuite() {
    #expect(Self.files("y_").count == 95)
    #expect(Self.files("n_").count == 188)
    #expect(Self.files("i_").count == 35)
  }

  /// RFC 8259 leaves duplicate names to the parser; two parsers that resolve them differently are a hole, so we refuse them.
  static let duplicateNames = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]

  @Test(.enabled(if: folder != nil, Comment(rawValue: Corpora.absent)), arguments: files("y_")) func accepts(_ name: String) throws {
    if Self.duplicateNames.contains(name) {
      #expect(throws: ParseError(reason: .duplicateName("a"), offset: 9)) { try Self.parse(name) }
    } else {
      _ = try Self.parse(name)
    }
  }

  @Test(.enabled(if: folder != nil, Comment(rawValue: Corpora.absent)), arguments: files("n_")) func refuses(_ name: String) {
    #expect(throws: ParseError.self) { try Self.parse(name) }
  }

  /// What RFC 8259 leaves open: each file and what we do with it, with the value of what we accept.
  @Test(.enabled(if: folder != nil, Comment(rawValue: Corpora.absent))) func decidesWhatIsLeftOpen() throws {
    let lines = Self.files("i_").map { name in
      do {
        let document = try Self.parse(name)
        return "\(name): accepted as \(String(decoding: canonicalBytes(of: document, document.root), as: UTF8.self))\n"
      } catch {
        return "\(name): refused, \(error)\n"
      }
    }
    let golden = (#filePath as NSString).deletingLastPathComponent + "/Cases/json-test-suite.out"
    GoldenCase(input: golden, golden: golden).expect(lines.joined())
  }
}
