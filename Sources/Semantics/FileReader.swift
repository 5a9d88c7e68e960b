/// How policies and snapshots come in: the tool reads a disk, tests read a dictionary.
package protocol FileReader {
  /// All bytes of a file.
  func contents(of path: String) throws(FileProblem) -> [UInt8]
  /// The names in the folder a path lies in, for suggestions; empty when they cannot be told.
  func neighbours(of path: String) -> [String]
}

/// Why a file could not be read.
package enum FileProblem: Error, Hashable, Sendable {
  case missing
  case isFolder
  /// Words for people, lower case, such as `permission denied`.
  case unreadable(String)
}

/// Paths as text: only `/` separates, nothing is looked up on a disk.
enum FilePath {
  /// Without `.`, empty parts and `x/..`; leading `..` and a leading `/` stay.
  static func normalised(_ path: String) -> String {
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
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[...slash])
  }

  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
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
