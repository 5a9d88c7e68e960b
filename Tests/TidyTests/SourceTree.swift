import Foundation

/// The checkout as text: what the house rules are read off.
struct SourceTree {
  struct File: Sendable {
    /// Relative to the checkout: `Sources/JSON/Document.swift`.
    let path: String
    let lines: [String]

    /// The target's folder name under `Sources` or `Tests`.
    var target: String { String(path.split(separator: "/")[1]) }
    var isSource: Bool { path.hasPrefix("Sources/") }
  }

  static let root = URL(filePath: #filePath).appending(path: "../../..").standardized.path

  /// Every Swift file under `Sources` and `Tests`, without build folders.
  static let files: [File] = {
    var found: [File] = []
    for top in ["Sources", "Tests"] {
      let walker = FileManager.default.enumerator(atPath: (root as NSString).appendingPathComponent(top))
      while let name = walker?.nextObject() as? String {
        guard name.hasSuffix(".swift"), !name.contains(".build") else { continue }
        let path = "\(top)/\(name)"
        found.append(File(path: path, lines: text(path).components(separatedBy: "\n")))
      }
    }
    precondition(!found.isEmpty, "no Swift files found; the rules would pass by reading nothing")
    return found.sorted { $0.path < $1.path }
  }()

  static let sources = files.filter(\.isSource)

  /// The text of a file of the checkout.
  static func text(_ path: String) -> String {
    guard let data = FileManager.default.contents(atPath: (root as NSString).appendingPathComponent(path)) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: (root as NSString).appendingPathComponent(path))
  }

  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: (root as NSString).appendingPathComponent(folder))) ?? []).sorted()
  }
}

/// A line without its comment and without what stands in string literals; enough for looking at words of code.
func code(of line: String) -> String {
  var out = ""
  var inString = false
  var previous: Character?
  for character in line {
    if character == "\"", previous != "\\" {
      inString.toggle()
    } else if !inString {
      if character == "/", previous == "/" {
        out.removeLast()
        break
      }
      out.append(character)
    }
    previous = character
  }
  return out
}
