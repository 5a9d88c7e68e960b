import Foundation
import Semantics
import TestSupport

/// Files of tests: from folders beside the tests, the first that has one, or given as text. Each file of `endless/` uses the next.
struct CaseFiles: FileReader {
  /// By path as a policy names it; found before any folder is searched.
  var texts: [String: String] = [:]
  var folders = [CaseFiles.cases]

  static let cases = folder("Cases")
  static let sketches = folder("../SyntaxTests/Cases")

  private static func folder(_ name: String, beside file: String = #filePath) -> String {
    ((file as NSString).deletingLastPathComponent as NSString).appendingPathComponent(name)
  }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    if let text = texts[path] { return Array(text.utf8) }
    if path.hasPrefix("endless/"), let number = Int(path.dropFirst(8).prefix { $0.isNumber }) {
      return Array("policy endless.n\(number)\nuse \"./\(number + 1).sally\"\n".utf8)
    }
    for folder in folders {
      let place = (folder as NSString).appendingPathComponent(path)
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: place) else { continue }
      if attributes[.type] as? FileAttributeType == .typeDirectory { throw .isFolder }
      guard let data = FileManager.default.contents(atPath: place) else { throw .unreadable("permission denied") }
      return Array(data)
    }
    throw .missing
  }

  func neighbours(of path: String) -> [String] {
    // Not by Foundation, which traps on some texts that are no paths.
    func parent(_ path: String) -> Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
    let texts = self.texts.keys.filter { parent($0) == parent(path) }.map { String($0.dropFirst(parent($0).count).drop { $0 == "/" }) }
    return texts
      + folders.flatMap {
        (try? FileManager.default.contentsOfDirectory(atPath: ($0 as NSString).appendingPathComponent(String(parent(path))))) ?? []
      }
  }
}
