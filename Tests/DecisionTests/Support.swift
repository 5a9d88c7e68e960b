import Bytecode
import Compilation
import Foundation
import JSON
import Semantics
import Testing
import Text

/// Policies and snapshots in memory.
struct MemoryReader: FileReader {
  let files: [String: String]

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let text = files[path] else { throw .missing }
    return Array(text.utf8)
  }

  func neighbours(of path: String) -> [String] { files.keys.sorted() }
}

struct Unchecked: Error, CustomStringConvertible {
  /// Of errors.
  let places: [(code: UInt16, path: String, offset: Int)]
  let description: String
}

/// Checks the files whose names end with `.sally`, in the order given.
func checked(_ files: [String: String], order: [String]? = nil) throws -> CheckedPolicies {
  let roots = order ?? files.keys.filter { $0.hasSuffix(".sally") }.sorted()
  let loaded = load(roots, reader: MemoryReader(files: files))
  let result = check(loaded.value)
  let diagnostics = loaded.diagnostics + result.diagnostics
  guard let policies = result.value, !diagnostics.contains(where: { $0.severity == .error }) else {
    let paths = Dictionary(uniqueKeysWithValues: loaded.value.files.map { ($0.id, $0.path) })
    let errors = diagnostics.filter { $0.severity == .error }
    let places = errors.map { ($0.code.number, paths[$0.primary.range.file] ?? "", Int($0.primary.range.lower)) }
    throw Unchecked(places: places, description: Renderer(files: loaded.value.files).render(diagnostics))
  }
  return policies
}

func program(_ files: [String: String], order: [String]? = nil) throws -> Program {
  try compile(checked(files, order: order), generation: 1)
}

extension Document {
  init(text: String) throws { try self.init(parsing: Array(text.utf8)) }
}

/// The policies without the rules that the checker shows to be senseless, as random ones often are; nil when too little is left.
func accepted(_ files: inout [String: String]) throws -> CheckedPolicies? {
  let senseless: Set<UInt16> = [204, 701, 703]
  for _ in 0..<20 {
    do {
      return try checked(files)
    } catch let unchecked as Unchecked {
      for (path, places) in Dictionary(grouping: unchecked.places, by: \.path) {
        guard places.allSatisfy({ senseless.contains($0.code) }), let text = files[path] else { throw unchecked }
        var offset = 0
        let kept = text.components(separatedBy: "\n\n").filter { paragraph in
          let range = offset..<offset + paragraph.utf8.count
          offset = range.upperBound + 2
          return !places.contains { range.contains($0.offset) }
        }
        files[path] = kept.joined(separator: "\n\n")
      }
    }
  }
  return nil
}
