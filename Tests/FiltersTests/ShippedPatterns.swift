import RegularExpressions
import Semantics
import Testing
import Text

/// What the shipped packs look for.
enum ShippedPatterns {
  private struct Files: FileReader {
    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard path == "policy.sally" else { throw .missing }
      let packs = ["secrets", "pii", "injection", "arguments", "toolpoison"]
      return Array("edition 1\npolicy packs\n\(packs.map { "use sally.\($0)\n" }.joined())".utf8)
    }

    func neighbours(of path: String) -> [String] { [] }
  }

  static func expressions() throws -> [RegularExpression] {
    let policies = try #require(check(load(["policy.sally"], reader: Files()).value).value)
    return try policies.patternSets.flatMap(\.patterns).map {
      try RegularExpression(parsing: $0.text.source, caseInsensitive: $0.text.caseInsensitive)
    }
  }
}
