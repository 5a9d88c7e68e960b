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
