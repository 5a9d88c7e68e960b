internal import Glibc

/// Waits for changes of files in folders (inotify).
package final class FolderWatch: Sendable {
  /// What happened since the last look.
  package struct Changes: Sendable {
    package fileprivate(set) var names: [String] = []
    /// A folder came or went, or there was more than the kernel keeps.
    package fileprivate(set) var areMore = false

    package var isEmpty: Bool { names.isEmpty && !areMore }
  }

  private let descriptor: Int32

  package init() throws {
    descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard descriptor >= 0 else { throw SystemError(doing: "watching files") }
  }

  deinit { close(descriptor) }

  /// The same folder may be named again.
  package func add(_ folder: String) throws {
    let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE)
    guard unsafe inotify_add_watch(descriptor, folder, mask) >= 0 else { throw SystemError(doing: "watching `\(folder)`") }
  }

  /// - Parameter milliseconds: -1: until something happens.
  package func wait(_ milliseconds: Int32) -> Changes {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    var changes = Changes()
    guard unsafe poll(&entry, 1, milliseconds) > 0 else { return changes }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    // struct inotify_event: descriptor, mask, cookie and length of the name, 4 bytes each, and the name with zeros behind it.
    var position = 0
    while position + 16 <= count {
      let mask = FolderWatch.word(bytes, position + 4)
      let length = Int(FolderWatch.word(bytes, position + 12))
      let name = bytes[(position + 16)..<min(position + 16 + length, count)].prefix { $0 != 0 }
      if mask & UInt32(IN_Q_OVERFLOW | IN_ISDIR) != 0 {
        changes.areMore = true
      } else {
        changes.names.append(String(decoding: name, as: UTF8.self))
      }
      position += 16 + length
    }
    return changes
  }

  /// In the byte order of the machine.
  private static func word(_ bytes: [UInt8], _ position: Int) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: position, as: UInt32.self) }
  }
}
