/// Paths as text: only `/` separates, nothing is looked up on a disk.
package enum FilePath {
  /// Without `.`, empty parts and `x/..`; leading `..` and a leading `/` stay.
  package static func normalised(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
  }

  /// What `path` means when the file `base` says it.
  static func resolve(_ path: String, from base: String) -> String {
    if path.hasPrefix("/") { return normalised(path) }
    return normalised(folder(of: base) + path)
  }

  /// Ends with `/`, or is empty.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[...slash])
  }

  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// `name` in a folder.
  package static func joined(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// How a file in `base`'s folder names `path`: `./x.sally`, `../shared/x.sally`. Both are normalised.
  static func relative(_ path: String, to base: String) -> String {
    guard path.hasPrefix("/") == base.hasPrefix("/") else { return path }
    var from = folder(of: base).split(separator: "/")[...]
    var to = path.split(separator: "/")[...]
    while let first = from.first, to.count > 1, to.first == first {
      from.removeFirst()
      to.removeFirst()
    }
    let up = String(repeating: "../", count: from.count)
    return (up.isEmpty ? "./" : up) + to.joined(separator: "/")
  }
}

extension FilePath {
  /// Why no file can have this path, for people; nil: one can. Readers are never asked for such a path, because what a system makes of it (up
  /// to the NUL, or a trap) is not what was written.
  static func problem(_ path: String) -> (message: String, label: String)? {
    if path.isEmpty { return ("a path is empty", "names no file") }
    if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return ("a path has a control character", "no file is called so")
    }
    if path.utf8.count > longestPath || path.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.count > longestName }) {
      return ("a path is too long", "\(longestPath) bytes are the most, \(longestName) for each part")
    }
    let last = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    if last.isEmpty || last == "." || last == ".." { return ("`\(path)` names a folder", "no file") }
    return nil
  }

  /// Of Linux, in bytes; other systems have the same or less and say so when they are asked.
  private static let longestPath = 4_095
  private static let longestName = 255
}
