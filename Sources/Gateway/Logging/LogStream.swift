internal import Glibc
internal import Synchronization

/// Our standard error: whole lines, one write(2) each, in order, from any thread.
///
/// It never blocks and never stops the gate. A line that does not fit now waits in a bounded backlog, which the poll loop flushes; when
/// that is full, lines are counted instead of kept, and the count is said as soon as there is room.
package final class LogStream: Sendable {
  /// A pipe that polls as writable takes this many bytes without blocking (PIPE_BUF): standard error stays a blocking descriptor,
  /// because it is often shared with our parent.
  private static let portion = 4096
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
      } else if state.waiting + text.count <= Self.backlogLimit {
        state.backlog.append(contentsOf: text)
      } else {
        state.dropped += 1
      }
    }
  }

  /// Whether the poll loop should wait for room.
  var hasBacklog: Bool { state.withLock { $0.waiting > 0 } }

  /// Whether relayed text would be kept: its source stops being read otherwise.
  var hasRoom: Bool { state.withLock { $0.waiting < Self.backlogLimit / 2 } }

  func flush() {
    state.withLock { state in
      state.head = writeReady(state.backlog, from: state.head)
      guard state.waiting == 0 else { return }
      state.head = 0
      state.backlog = []
      guard state.dropped > 0 else { return }
      var line = LogLine(level: "warning", message: "log lines were lost because standard error was not read")
      line.add("lost", state.dropped)
      state.dropped = 0
      let bytes = line.finished()
      state.backlog = Array(bytes[writeReady(bytes, from: 0)...])
    }
  }

  /// Writes while that cannot block; returns where it stopped.
  private func writeReady(_ bytes: [UInt8], from start: Int) -> Int {
    var position = start
    while position < bytes.count, isWritable {
      let end = min(position + Self.portion, bytes.count)
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

  private var isWritable: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&entry, 1, 0) > 0
  }
}
