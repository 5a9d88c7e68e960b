package import Text

/// A file and its text after fixes.
package struct FixedFile: Sendable {
  package let file: SourceFile
  package let bytes: [UInt8]
}

/// The fixes that may be applied without asking: of warnings and notes that have exactly one. An error has none, since what the policy means is
/// not known; nor has a choice between two.
package func applicableFixes(_ diagnostics: [Diagnostic]) -> [Diagnostic.Fix] {
  diagnostics.compactMap { $0.severity != .error && $0.fixes.count == 1 ? $0.fixes[0] : nil }
}

/// The files that the fixes change. Of fixes that touch the same place the first is applied; another round finds the others.
package func applied(_ fixes: [Diagnostic.Fix], to files: [SourceFile]) -> [FixedFile] {
  var taken: [SourceFile.ID: [Diagnostic.Fix.Edit]] = [:]
  for fix in fixes {
    let isFree = fix.edits.allSatisfy { edit in
      (taken[edit.range.file] ?? []).allSatisfy { edit.range.upper < $0.range.lower || $0.range.upper < edit.range.lower }
    }
    guard isFree else { continue }
    for edit in fix.edits { taken[edit.range.file, default: []].append(edit) }
  }
  return files.compactMap { file in
    guard let edits = taken[file.id] else { return nil }
    var bytes = file.bytes
    for edit in edits.sorted(by: { $0.range > $1.range }) {
      bytes.replaceSubrange(Int(edit.range.lower)..<Int(edit.range.upper), with: Array(edit.replacement.utf8))
    }
    return FixedFile(file: file, bytes: bytes)
  }
}
