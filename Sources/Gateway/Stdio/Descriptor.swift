internal import CPosix
internal import Glibc

/// A file descriptor with one owner; closed when dropped.
struct Descriptor: ~Copyable {
  /// What came of one non-blocking read or write.
  enum Transfer: Equatable {
    /// At least one byte.
    case moved(Int)
    case wouldBlock
    /// End of file when reading; nobody reads any more when writing.
    case ended
  }

  let number: Int32
  /// The flags to put back when dropped: a descriptor we were given may be shared with our parent's terminal.
  private let flagsToRestore: Int32?

  /// Takes ownership.
  init(owning number: Int32) {
    self.number = number
    self.flagsToRestore = nil
  }

  /// One of our own standard streams, switched to non-blocking until this value is dropped.
  init(standard number: Int32) {
    self.number = number
    let flags = sallyport_status_flags(number)
    self.flagsToRestore = flags >= 0 && flags & O_NONBLOCK == 0 ? flags : nil
    if flags >= 0 { _ = sallyport_set_status_flags(number, flags | O_NONBLOCK) }
  }

  deinit {
    if let flagsToRestore { _ = sallyport_set_status_flags(number, flagsToRestore) }
    _ = Glibc.close(number)
  }

  /// Gives up ownership: whoever has the number now closes it.
  consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }

  /// Two ends of a new pipe, close-on-exec, blocking.
  static func pipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe sallyport_pipe(&ends) == 0 else { throw SystemError(doing: "opening a pipe") }
    return (ends[0], ends[1])
  }

  /// Whoever starts us may have closed a standard stream; the next descriptor we open would take its place and be mistaken for it.
  static func openMissingStandardStreams() {
    while true {
      let number = unsafe open("/dev/null", O_RDWR)
      if number > STDERR_FILENO || number < 0 {
        if number >= 0 { _ = Glibc.close(number) }
        return
      }
    }
  }

  func makeNonBlocking() throws(SystemError) {
    let flags = sallyport_status_flags(number)
    guard flags >= 0, sallyport_set_status_flags(number, flags | O_NONBLOCK) == 0 else {
      throw SystemError(doing: "making a pipe non-blocking")
    }
  }

  /// Reads into `buffer[range]`.
  func read(into buffer: inout [UInt8], _ range: Range<Int>) -> Transfer {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        let target = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
        return unsafe Glibc.read(number, target.baseAddress, target.count)
      }
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .wouldBlock : .ended
    }
  }

  /// Writes as much of `buffer[range]` as fits.
  func write(_ buffer: [UInt8], _ range: Range<Int>) -> Transfer {
    while true {
      let count = unsafe buffer.withUnsafeBytes { bytes in
        let source = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
        return unsafe Glibc.write(number, source.baseAddress, source.count)
      }
      if count >= 0 { return .moved(count) }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .wouldBlock : .ended
    }
  }
}

/// A call of the operating system that failed where nothing but giving up is left.
package struct SystemError: Error, CustomStringConvertible {
  package let doing: String
  package let number: Int32

  init(doing: String, number: Int32 = errno) {
    self.doing = doing
    self.number = number
  }

  package var description: String { "\(doing): \(describe(error: number))" }
}

/// The operating system's words for an error number.
func describe(error number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
