internal import CPosix
internal import Glibc

/// Lets any thread wake the poll loop: one end is written to, the loop polls the other.
final class WakePipe: Sendable {
  let reading: Int32
  private let writing: Int32

  init() throws(SystemError) {
    (reading, writing) = try Descriptor.pipe()
    for end in [reading, writing] {
      let flags = sallyport_status_flags(end)
      guard flags >= 0, sallyport_set_status_flags(end, flags | O_NONBLOCK) == 0 else {
        throw SystemError(doing: "making a pipe non-blocking")
      }
    }
  }

  deinit {
    close(reading)
    close(writing)
  }

  /// A pipe that is full wakes as well.
  func wake() {
    let byte: [UInt8] = [0]
    _ = unsafe byte.withUnsafeBytes { unsafe write(writing, $0.baseAddress, 1) }
  }

  func drain() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while unsafe bytes.withUnsafeMutableBytes({ unsafe read(reading, $0.baseAddress, $0.count) }) > 0 {}
  }
}
