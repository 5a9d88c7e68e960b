import Foundation
import JSON
import Schemas
import TestSupport
import Testing

/// The official JSON-Schema-Test-Suite, read from the corpora.
struct OfficialSuite {
  struct Case {
    let name: String
    let schema: Value
    let tests: [(description: String, instance: Value, isValid: Bool)]
  }

  /// What came of one file.
  struct Result {
    let name: String
    var passed = 0
    var failures: [String] = []

    var total: Int { passed + failures.count }
  }

  static let folder = Corpora.folder("json-schema-test-suite")

  static let dialects: [(name: String, dialect: Dialect)] = [
    ("draft4", .draft4), ("draft6", .draft6), ("draft7", .draft7), ("draft2019-09", .draft201909), ("draft2020-12", .draft202012),
  ]

  /// Optional files that are not claimed: `content` asks for decoding what only annotates in later drafts, and `zeroTerminatedFloats` for
  /// 1.0 being no integer, against every later draft.
  static let unclaimed: Set = ["content.json", "zeroTerminatedFloats.json"]

  let root: String
  let remotes: [String: Value]

  init(root: String) throws {
    self.root = root
    var remotes: [String: Value] = [:]
    let base = root + "/remotes"
    for case let path as String in FileManager.default.enumerator(atPath: base) ?? FileManager.DirectoryEnumerator()
    where path.hasSuffix(".json") {
      guard let bytes = FileManager.default.contents(atPath: base + "/" + path) else { continue }
      remotes["http://localhost:1234/" + path] = try Value(parsing: Array(bytes))
    }
    self.remotes = remotes
  }

  /// The names of the files of a folder under `tests`.
  func files(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: root + "/tests/" + folder)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }

  func cases(of file: String) throws -> [Case] {
    let bytes = try #require(FileManager.default.contents(atPath: root + "/tests/" + file))
    return try #require(try Value(parsing: Array(bytes)).elements).map { group in
      Case(
        name: group["description"]?.string ?? "", schema: group["schema"] ?? .null,
        tests: (group["tests"]?.elements ?? []).map {
          ($0["description"]?.string ?? "", $0["data"] ?? .null, $0["valid"]?.boolean == true)
        })
    }
  }

  /// Runs one file in both modes; a test passes when both say what the suite says.
  func run(_ file: String, _ dialect: Dialect, assertsFormats: Bool = false) throws -> Result {
    var result = Result(name: file)
    var scratch = ValidationScratch()
    for group in try cases(of: file) {
      let options = CompiledSchema.Options(dialect: dialect, assertsFormats: assertsFormats)
      let schema: CompiledSchema
      do {
        schema = try CompiledSchema(compiling: group.schema, options: options, remotes: remotes)
      } catch {
        for test in group.tests { result.failures.append("\(group.name): \(test.description): \(error.message)") }
        continue
      }
      for test in group.tests {
        let document = try Document(parsing: write(test.instance))
        let outcome = schema.isValid(document, at: document.root, scratch: &scratch)
        let (explained, explanation) = schema.explain(document, at: document.root, scratch: &scratch)
        let expected: Outcome = test.isValid ? .valid : .invalid
        if outcome == expected && explained == expected && explanation.violations.isEmpty == test.isValid {
          result.passed += 1
        } else {
          let said = explanation.violations.map(\.message).joined(separator: "; ")
          result.failures.append("\(group.name): \(test.description): expected \(test.isValid), got \(outcome); \(said)")
        }
      }
    }
    return result
  }
}
