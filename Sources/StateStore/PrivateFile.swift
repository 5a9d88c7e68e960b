internal import Glibc

/// Files and folders that are nobody else's. Everything here refuses links and what others may read or write, because who can put a file
/// there can also be whoever the gate guards against.
enum PrivateFile {
  /// What a path names, links not followed.
  enum Kind: Equatable {
    case nothing, folder, file, link, other
  }

  struct Status {
    let kind: Kind
    let owner: UInt32
    /// The lower nine bits.
    let permissions: UInt32
    /// Tells a file from another that took its place.
    let identity: Identity

    struct Identity: Equatable, Sendable {
      let device: UInt64
      let number: UInt64
    }
  }

  static func status(_ path: String) throws(StoreError) -> Status {
    var info = stat()
    guard unsafe lstat(path, &info) == 0 else {
      if errno == ENOENT || errno == ENOTDIR {
        return Status(kind: .nothing, owner: 0, permissions: 0, identity: Status.Identity(device: 0, number: 0))
      }
      throw failure("looking at", path)
    }
    let kind: Kind =
      switch info.st_mode & S_IFMT {
      case S_IFDIR: .folder
      case S_IFREG: .file
      case S_IFLNK: .link
      default: .other
      }
    return Status(
      kind: kind, owner: info.st_uid, permissions: info.st_mode & 0o777,
      identity: Status.Identity(device: UInt64(info.st_dev), number: UInt64(info.st_ino)))
  }

  /// Refuses what is not of the kind, not ours, or open to others.
  @discardableResult
  static func require(_ kind: Kind, _ path: String) throws(StoreError) -> Status {
    let status = try status(path)
    guard status.kind != .nothing else { throw StoreError(.missing, "there is no `\(path)`") }
    guard status.kind != .link else {
      throw StoreError(.exposed, "`\(path)` is a symbolic link", help: "name the place that it leads to")
    }
    guard status.kind == kind else { throw StoreError(.damaged, "`\(path)` is not a \(kind == .folder ? "folder" : "file")") }
    guard status.owner == geteuid() else {
      throw StoreError(
        .exposed, "`\(path)` belongs to user \(status.owner), and this is user \(geteuid())",
        help: "run as its owner, or name another place with --state")
    }
    guard status.permissions & 0o077 == 0 else {
      let mode = kind == .folder ? "700" : "600"
      throw StoreError(
        .exposed, "`\(path)` is open to other users", help: "`chmod \(mode) \(path)`, and ask who may have read it: then rotate the keys")
    }
    return status
  }

  /// Makes a folder and those above it, for the owner alone. What is there already is left as it is.
  static func makeFolder(_ path: String) throws(StoreError) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw failure("making", path) }
    try makeFolder(String(path[..<slash]))
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("making", path) }
  }

  /// An empty file, unless something is there already.
  static func makeFile(_ path: String) throws(StoreError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if descriptor < 0 {
      if errno == EEXIST { return }
      throw failure("making", path)
    }
    close(descriptor)
  }

  /// Makes a file that is there whole or not at all, also when the power fails; what is there already stays.
  static func publish(_ bytes: [UInt8], _ path: String, in folder: String) throws(StoreError) {
    let draft = "\(path).\(getpid())"
    unlinkQuietly(draft)
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("making", draft) }
    defer { unlinkQuietly(draft) }
    let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    let isDown = written == bytes.count && fsync(descriptor) == 0
    guard close(descriptor) == 0, isDown else { throw failure("writing", draft) }
    // A link, unlike a renaming, does not take the place of what another process has put there meanwhile.
    guard unsafe link(draft, path) == 0 || errno == EEXIST else { throw failure("making", path) }
    try settle(folder)
  }

  /// Waits until the names in a folder are on the disk.
  static func settle(_ folder: String) throws(StoreError) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("opening", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("writing", folder) }
  }

  /// A short file that is nobody else's.
  ///
  /// - Parameter most: bytes; a longer one is refused.
  static func read(_ path: String, most: Int) throws(StoreError) -> [UInt8] {
    try require(.file, path)
    let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("opening", path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: most + 1)
    var count = 0
    while count < bytes.count {
      let read = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
      guard read >= 0 else { throw failure("reading", path) }
      if read == 0 { break }
      count += read
    }
    guard count <= most else { throw StoreError(.damaged, "`\(path)` is longer than \(most) bytes") }
    return Array(bytes.prefix(count))
  }

  private static func unlinkQuietly(_ path: String) { _ = unsafe unlink(path) }

  private static func failure(_ doing: String, _ path: String) -> StoreError {
    let words = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    return StoreError(.system, "\(doing) `\(path)`: \(words)")
  }
}

/// Waits on the calling thread.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1_000) }
