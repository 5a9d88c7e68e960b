/// Bytes on their way out of a non-blocking descriptor, in order.
///
/// Every message ends with one newline. The queue itself has no limit: its owner stops reading what fills it.
struct OutputQueue: ~Copyable {
  private var bytes: [UInt8] = []
  private var head = 0

  /// Capacity kept for the next burst once the queue has run empty, in bytes.
  private static let keptCapacity = 1 << 20

  var count: Int { bytes.count - head }
  var isEmpty: Bool { head == bytes.count }

  mutating func append(_ message: [UInt8]) {
    if head > 0, head >= bytes.count / 2 { compact() }
    bytes.append(contentsOf: message)
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func removeAll() {
    head = 0
    bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
  }

  /// Writes until the queue is empty or the reader is full; false when nobody reads any more.
  mutating func flush(to descriptor: borrowing Descriptor) -> Bool {
    while !isEmpty {
      switch descriptor.write(bytes, head..<bytes.count) {
      case .moved(let written): head += written
      case .wouldBlock: return true
      case .ended: return false
      }
    }
    removeAll()
    return true
  }

  private mutating func compact() {
    bytes.removeSubrange(0..<head)
    head = 0
  }
}
