import Analysis
import Digests
import Formatting
import Linting
import Semantics
import Syntax
import Text

/// Applies fixes to files on the disk. What is written means what was there before: its semantic fingerprint is compared.
struct PolicyFixer {
  private let files: [String]
  private let findings: (LoadedPolicies, CheckedPolicies) -> [Diagnostic]
  /// A fix may make room for another; they do not go on for ever.
  private static let mostRounds = 8

  init(_ files: [String], _ findings: @escaping (LoadedPolicies, CheckedPolicies) -> [Diagnostic]) {
    self.files = files
    self.findings = findings
  }

  /// Returns how many files it has changed.
  func fix() throws -> Int {
    var changed: Set<String> = []
    for _ in 0..<Self.mostRounds {
      let loaded = loadPolicies(files, reader: DiskReader())
      guard let policies = loaded.policies else { break }
      let named = Set(files.map(FilePath.normalised))
      let own = loaded.files.filter { named.contains($0.path) }
      let fixes = applicableFixes(findings(loaded, policies)).filter { fix in
        fix.edits.allSatisfy { edit in own.contains { $0.id == edit.range.file } }
      }
      let texts = keepingMeaning(fixes, own, semanticFingerprint(policies))
      if texts.isEmpty { break }
      for (path, bytes) in texts {
        try writeFile(bytes, to: path)
        changed.insert(path)
      }
    }
    return changed.count
  }

  /// All fixes together if they keep the meaning, else those that do alone, one after another.
  private func keepingMeaning(_ fixes: [Diagnostic.Fix], _ own: [SourceFile], _ fingerprint: Digest) -> [String: [UInt8]] {
    let all = texts(applied(fixes, to: own))
    if all.isEmpty || isSame(all, fingerprint) { return all }
    for fix in fixes {
      let one = texts(applied([fix], to: own))
      if isSame(one, fingerprint) { return one }
    }
    return [:]
  }

  /// A file in the one style stays in it.
  private func texts(_ fixed: [FixedFile]) -> [String: [UInt8]] {
    var texts: [String: [UInt8]] = [:]
    for one in fixed {
      let isCanonical = canonical(one.file.bytes) == one.file.bytes
      texts[one.file.path] = isCanonical ? canonical(one.bytes) ?? one.bytes : one.bytes
    }
    return texts
  }

  private func canonical(_ bytes: [UInt8]) -> [UInt8]? {
    let parsed = parse(SourceFile(id: .init(0), path: "", bytes: bytes))
    return parsed.hasErrors ? nil : Array(format(parsed.value).utf8)
  }

  private func isSame(_ texts: [String: [UInt8]], _ fingerprint: Digest) -> Bool {
    loadPolicies(files, reader: Overlay(texts: texts)).policies.map { semanticFingerprint($0) == fingerprint } ?? false
  }
}

/// The disk with some files as they would be.
private struct Overlay: FileReader {
  let texts: [String: [UInt8]]
  private let disk = DiskReader()

  init(texts: [String: [UInt8]]) { self.texts = texts }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    if let bytes = texts[path] { return bytes }
    return try disk.contents(of: path)
  }

  func neighbours(of path: String) -> [String] { disk.neighbours(of: path) }
}
