internal import Glibc
internal import Synchronization

/// Our standard error: whole lines in order, from any thread; a write(2) ends where a line ends.
///
/// It never blocks and never stops the gate. A line that does not fit now waits in a bounded backlog, which the poll loop flushes; when
/// that is full, lines are counted instead of kept, and the count is said as soon as there is room.
package final class LogStream: Sendable {
  /// A pipe that polls as writable takes this many bytes without blocking (PIPE_BUF): standard error stays a blocking descriptor,
  /// because it is often shared with our parent.
  private static let portion = 4096
  /// What `writeLater` keeps back at most, in bytes.
  private static let gathered = 1 << 15
  /// Bytes kept while nobody reads.
  private static let backlogLimit = 1 << 20

  private struct State {
    var backlog: [UInt8] = []
    var head = 0
    var dropped = 0
    var waiting: Int { backlog.count - head }
  }

  private let descriptor: Int32
  private let state = Mutex(State())

  package init(descriptor: Int32 = STDERR_FILENO) { self.descriptor = descriptor }

  /// `text` is one line or several, ending with a newline.
  package func write(_ text: [UInt8]) {
    state.withLock { state in
      if state.waiting == 0 {
        let written = writeReady(text, from: 0)
        if written < text.count {
          state.backlog = Array(text[written...])
          state.head = 0
        }
      } else {
        keep(text, &state)
      }
    }
  }

  /// The same for who calls `flush` soon: lines that come together go out together, and whatever else is to be done goes before.
  func writeLater(_ text: [UInt8]) {
    state.withLock { state in
      keep(text, &state)
      if state.waiting >= Self.gathered { flush(&state) }
    }
  }

  private func keep(_ text: [UInt8], _ state: inout State) {
    if state.waiting + text.count <= Self.backlogLimit {
      state.backlog.append(contentsOf: text)
    } else {
      state.dropped += 1
    }
  }

  /// Whether the poll loop should wait for room.
  package var hasBacklog: Bool { state.withLock { $0.waiting > 0 } }

  /// Whether relayed text would be kept: its source stops being read otherwise.
  var hasRoom: Bool { state.withLock { $0.waiting < Self.backlogLimit / 2 } }

  package func flush() { state.withLock { flush(&$0) } }

  private func flush(_ state: inout State) {
    state.head = writeReady(state.backlog, from: state.head)
    guard state.waiting == 0 else { return }
    state.head = 0
    // Room for what gathers is kept, the room of a time without reader is not.
    if state.backlog.capacity <= 4 * Self.gathered { state.backlog.removeAll(keepingCapacity: true) } else { state.backlog = [] }
    guard state.dropped > 0 else { return }
    var line = LogLine(level: "warning", message: "log lines were lost because standard error was not read")
    line.add("lost", state.dropped)
    state.dropped = 0
    let bytes = line.finished()
    state.backlog = Array(bytes[writeReady(bytes, from: 0)...])
  }

  /// Writes while that cannot block; returns where it stopped.
  private func writeReady(_ bytes: [UInt8], from start: Int) -> Int {
    var position = start
    while position < bytes.count, isWritable {
      let end = portion(of: bytes, from: position)
      let count = unsafe bytes.withUnsafeBytes { all in
        let part = unsafe UnsafeRawBufferPointer(rebasing: all[position..<end])
        return unsafe Glibc.write(descriptor, part.baseAddress, part.count)
      }
      if count > 0 {
        position += count
      } else if errno == EAGAIN {
        return position
      } else if errno != EINTR {
        // Nobody will ever read this: drop it rather than keep it for ever.
        return bytes.count
      }
    }
    return position
  }

  /// Where the next write ends: behind the last line that fits, or inside one that is too long for any.
  private func portion(of bytes: [UInt8], from position: Int) -> Int {
    let end = position + Self.portion
    guard end < bytes.count else { return bytes.count }
    guard let newline = bytes[position..<end].lastIndex(of: UInt8(ascii: "\n")) else { return end }
    return newline + 1
  }

  private var isWritable: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&entry, 1, 0) > 0
  }
}
