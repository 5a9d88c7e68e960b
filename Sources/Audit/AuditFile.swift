internal import Digests
internal import Glibc
internal import JSON

/// Why an audit log cannot be begun or gone on with.
package struct AuditError: Error, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }

  init(_ doing: String, _ path: String, _ number: Int32 = errno) {
    description = "\(doing) `\(path)`: \(unsafe String(cString: strerror(number)))"
  }
}

/// The files of one log, and where its chain ends. Belongs to one thread.
///
/// `PATH` is written; when it is full it becomes `PATH.000001` and so on. `PATH.head` says how far the log has come, and is locked by whoever
/// writes; `PATH.key` is what digests of arguments are made with.
struct AuditFile: ~Copyable {
  let path: String
  private let limit: Int
  private var log: Int32
  private let headDescriptor: Int32
  private(set) var header: AuditHeader
  private var size: Int
  private var sequence: Int64
  private var digest: String
  /// Lines that are part of the chain and not in the file yet, or in part.
  private var unwritten: [UInt8] = []
  private var written = 0
  /// Why what was written may not be on the disk.
  private var uncertainty: AuditError?

  /// Opens a log, or begins one. A line that was never finished is taken away, and the next header or line says so.
  ///
  /// - Parameter limit: bytes of one file.
  init(_ path: String, limit: Int, at time: Int64) throws(AuditError) {
    let (head, log, state) = try AuditFile.opened(path)
    self.path = path
    self.limit = limit
    self.log = log
    headDescriptor = head
    size = state.size
    header = state.header
    sequence = state.sequence
    digest = state.digest
    if size == 0 {
      compose(.open, header.event(cut: state.unfinished), at: time)
    } else if state.unfinished > 0 {
      var event = CanonicalObject()
      event.add("count", 0)
      event.add("cut", Int64(state.unfinished))
      compose(.lost, event.finished(), at: time)
    }
  }

  private static func opened(_ path: String) throws(AuditError) -> (head: Int32, log: Int32, state: AuditState) {
    let head = try openPrivate(path + ".head", O_RDWR | O_CREAT)
    do throws(AuditError) {
      guard flock(head, LOCK_EX | LOCK_NB) == 0 else {
        throw AuditError("`\(path)` is written by another process; every process needs a log of its own")
      }
      let state = try AuditState(path, head)
      let log = try openPrivate(path, O_RDWR | O_CREAT | O_APPEND)
      guard state.unfinished == 0 || ftruncate(log, off_t(state.size)) == 0 else {
        close(log)
        throw AuditError("cannot cut the unfinished line off", path)
      }
      return (head, log, state)
    } catch {
      close(head)
      throw error
    }
  }

  deinit {
    close(log)
    close(headDescriptor)
  }

  var hasUnwritten: Bool { written < unwritten.count }

  /// Adds a line to the chain; `flush` brings it to the disk.
  mutating func append(_ kind: ChainLine.Kind, _ event: [UInt8], at time: Int64) throws(AuditError) {
    if size + unwritten.count > limit { try rotate(at: time) }
    compose(kind, event, at: time)
  }

  private mutating func compose(_ kind: ChainLine.Kind, _ event: [UInt8], at time: Int64) {
    let line = ChainLine.text(kind, event: event, previous: digest, sequence: sequence + 1, time: time)
    sequence += 1
    digest = sha256(line).hex
    unwritten += line
    unwritten.append(UInt8(ascii: "\n"))
  }

  /// Everything on the disk, and the head behind it. What is not there when this throws is tried again by the next call.
  mutating func flush() throws(AuditError) {
    while written < unwritten.count {
      let count = unsafe unwritten.withUnsafeBytes { all in
        unsafe write(log, all.baseAddress?.advanced(by: written), all.count - written)
      }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        throw AuditError("cannot write", path)
      }
    }
    if let uncertainty { throw uncertainty }
    guard fdatasync(log) == 0 else {
      // The kernel may take an error for told and the pages for clean: nothing is certain any more, whatever the next call says.
      let error = AuditError("cannot make sure of", path)
      uncertainty = error
      throw error
    }
    size += unwritten.count
    unwritten.removeAll(keepingCapacity: unwritten.capacity <= 1 << 20)
    written = 0
    // Behind the lines themselves: a head that says less than there is does no harm.
    let head = AuditHead(chain: header.chain, digest: digest, sequence: sequence).text
    let count = unsafe head.withUnsafeBytes { unsafe pwrite(headDescriptor, $0.baseAddress, $0.count, 0) }
    guard count == head.count else { throw AuditError("cannot write", path + ".head") }
  }

  /// The next file. The old one is complete on the disk before it gets another name.
  private mutating func rotate(at time: Int64) throws(AuditError) {
    try flush()
    let old = AuditFile.name(path, header.file)
    guard unsafe access(old, F_OK) != 0 else { throw AuditError("`\(old)` is there already") }
    guard unsafe rename(path, old) == 0 else { throw AuditError("cannot rename", path) }
    let next: Int32
    do throws(AuditError) {
      next = try openPrivate(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND)
    } catch {
      _ = unsafe rename(old, path)
      throw error
    }
    close(log)
    log = next
    synchronizeFolder(of: path)
    header = AuditHeader(chain: header.chain, file: header.file + 1)
    size = 0
    compose(.open, header.event(cut: 0), at: time)
  }

  /// Of a file that is full.
  static func name(_ path: String, _ file: Int64) -> String {
    let digits = String(file)
    return path + "." + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

/// Where a log is gone on with.
private struct AuditState {
  let header: AuditHeader
  /// Of whole lines in the current file.
  let size: Int
  let sequence: Int64
  let digest: String
  /// Bytes behind them.
  let unfinished: Int

  init(_ path: String, _ headDescriptor: Int32) throws(AuditError) {
    let head = AuditHead(try contents(of: headDescriptor, path + ".head"))
    let current = try bytes(at: path) ?? []
    let whole = current.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    unfinished = current.count - whole
    size = whole
    if whole > 0 {
      let verification = try AuditState.verified(path, Array(current[..<whole]), head)
      header = AuditHeader(chain: verification.chain, file: verification.file)
      (sequence, digest) = (verification.sequence, verification.digest)
    } else if let last = lastFile(path) {
      // Between the renaming of the file before and the header of this one.
      let name = AuditFile.name(path, last)
      let verification = try AuditState.verified(name, try bytes(at: name) ?? [], head)
      header = AuditHeader(chain: verification.chain, file: last + 1)
      (sequence, digest) = (verification.sequence, verification.digest)
    } else {
      guard head == nil || unfinished > 0 && head?.sequence == 0 else {
        throw AuditError("`\(path).head` speaks of a log that is not there; move it away to begin a new one")
      }
      header = AuditHeader(chain: randomBytes(16).map { hexadecimal($0) }.joined(), file: 1)
      (sequence, digest) = (0, ChainLine.origin)
    }
  }

  private static func verified(_ name: String, _ bytes: [UInt8], _ head: AuditHead?) throws(AuditError) -> AuditVerification {
    do throws(AuditVerification.Break) {
      return try AuditVerification([AuditVerification.File(name: name, bytes: bytes)], head: head)
    } catch {
      throw AuditError(
        "`\(name)` is not as it was written, line \(error.line): \(error.reason); move it and its head away to begin a new log")
    }
  }
}

private func hexadecimal(_ byte: UInt8) -> String { String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }

/// The highest number of a file that is full; nil: there is none.
private func lastFile(_ path: String) -> Int64? {
  var last: Int64?
  while unsafe access(AuditFile.name(path, (last ?? 0) + 1), F_OK) == 0 { last = (last ?? 0) + 1 }
  return last
}

/// Nobody else may read it, and no link leads elsewhere.
func openPrivate(_ path: String, _ flags: Int32) throws(AuditError) -> Int32 {
  let descriptor = unsafe open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
  guard descriptor >= 0 else { throw AuditError("cannot open", path) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
    close(descriptor)
    throw AuditError("`\(path)` is no file")
  }
  return descriptor
}

/// Nil when there is none.
package func bytes(at path: String) throws(AuditError) -> [UInt8]? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  if descriptor < 0, errno == ENOENT { return nil }
  guard descriptor >= 0 else { throw AuditError("cannot open", path) }
  defer { close(descriptor) }
  return try contents(of: descriptor, path)
}

private func contents(of descriptor: Int32, _ path: String) throws(AuditError) -> [UInt8] {
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0, status.st_size <= 1 << 32 else { throw AuditError("cannot read", path) }
  var all: [UInt8] = []
  all.reserveCapacity(Int(status.st_size))
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe part.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(all.count)) }
    if count == 0 { return all }
    if count > 0 { all += part[..<count] } else if errno != EINTR { throw AuditError("cannot read", path) }
  }
}

/// So that a new name is as lasting as what it names. Some file systems have no such call; then nothing is lost by it.
private func synchronizeFolder(of path: String) {
  let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
