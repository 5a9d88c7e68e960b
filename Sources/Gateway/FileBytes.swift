internal import Foundation
internal import Glibc

/// A file's bytes, and whether anybody but its owner may read it.
package struct FileBytes: Sendable, Equatable {
  package struct Unreadable: Error, Sendable {
    package let reason: String
  }

  package let bytes: [UInt8]
  package let isPrivate: Bool

  /// - Parameter limit: of the file's size, in bytes.
  package init(_ path: String, limit: Int) throws(Unreadable) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw Unreadable(reason: unsafe String(cString: strerror(errno))) }
    guard status.st_size <= limit else { throw Unreadable(reason: "it has more than \(limit) bytes") }
    isPrivate = status.st_mode & 0o077 == 0
    do {
      bytes = Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw Unreadable(reason: "\(error.localizedDescription)")
    }
  }
}
