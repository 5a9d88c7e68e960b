internal import Digests
internal import Dispatch
package import Enforcement
internal import Glibc
internal import Gzip
internal import JSON
internal import Synchronization

/// Writes what sessions decide to a file. A session hands over what happened and goes on; everything else is done on a queue of its own.
///
/// When events come faster than they can be written, what does not fit is not recorded, and the recording says how much that was: a gate never
/// waits for its recording. Lines are whole: each write ends where a line ends, so a process that is killed leaves at most one torn line.
package final class Recorder: TrafficRecorder {
  /// How many events may wait.
  private static let longestQueue = 8_192
  /// Bytes of the messages that may wait.
  private static let largestQueue = 64 << 20

  package struct CannotOpen: Error {
    package let reason: String
  }

  private struct Queue {
    var events: [TrafficEvent] = []
    var bytes = 0
    var lost = 0
    var isScheduled = false
  }

  /// What only the writing queue touches.
  private struct Output: ~Copyable {
    var writer: LineWriter
    var gzip: GzipWriter?
    let descriptor: Int32
    var hasFailed = false
  }

  private let numbers = Atomic<UInt64>(0)
  private let queue = Mutex(Queue())
  private let output: Mutex<Output>
  private let work = DispatchQueue(label: "sallyport.recording")
  private let complain: @Sendable (String) -> Void

  /// - Parameters:
  ///   - path: a name that ends in `.gz` is written compressed. A plain file that exists is gone on with; a compressed one is not touched.
  ///   - complain: told once when the file cannot be written any more.
  package init(
    _ path: String, writer: consuming sending LineWriter, at milliseconds: Int64, tool: String,
    complain: @escaping @Sendable (String) -> Void
  ) throws(CannotOpen) {
    let isCompressed = path.hasSuffix(".gz")
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isCompressed ? O_EXCL : 0)
    let descriptor = unsafe path.withCString { unsafe open($0, flags, 0o600) }
    guard descriptor >= 0 else { throw CannotOpen(reason: unsafe String(cString: strerror(errno))) }
    self.complain = complain
    var first = lseek(descriptor, 0, SEEK_END) > 0 ? [UInt8(ascii: "\n")] : []
    first += writer.header(at: milliseconds, tool: tool)
    output = Mutex(Output(writer: writer, gzip: isCompressed ? GzipWriter() : nil, descriptor: descriptor))
    output.withLock { Recorder.put(first, isLast: false, &$0, complain) }
  }

  deinit { output.withLock { _ = close($0.descriptor) } }

  package func nextNumber() -> UInt64 { numbers.add(1, ordering: .relaxed).newValue }

  package func take(_ event: TrafficEvent) {
    let mustSchedule = queue.withLock { queue -> Bool in
      let size = event.size
      guard queue.events.count < Recorder.longestQueue, queue.bytes + size <= Recorder.largestQueue else {
        queue.lost += 1
        return false
      }
      queue.events.append(event)
      queue.bytes += size
      defer { queue.isScheduled = true }
      return !queue.isScheduled
    }
    if mustSchedule { work.async { self.drain() } }
  }

  /// Writes what waits, and ends the file.
  package func finish() {
    work.sync { drain() }
    output.withLock { output in
      if output.gzip != nil { Recorder.put([], isLast: true, &output, complain) }
      fsync(output.descriptor)
    }
  }

  private func drain() {
    while let (events, lost) = takeWaiting() {
      output.withLock { output in
        var lines: [UInt8] = []
        for event in events {
          output.writer.write(event, to: &lines)
          if lines.count > 1 << 16 {
            Recorder.put(lines, isLast: false, &output, complain)
            lines.removeAll(keepingCapacity: true)
          }
        }
        if lost > 0 { lines += output.writer.gap(lost) }
        Recorder.put(lines, isLast: false, &output, complain)
      }
    }
  }

  /// Nil: nothing waits, and the next event has to schedule the work anew.
  private func takeWaiting() -> ([TrafficEvent], Int)? {
    queue.withLock { queue in
      guard !queue.events.isEmpty || queue.lost > 0 else {
        queue.isScheduled = false
        return nil
      }
      let waiting = (queue.events, queue.lost)
      queue.events = []
      queue.bytes = 0
      queue.lost = 0
      return waiting
    }
  }

  private static func put(_ lines: [UInt8], isLast: Bool, _ output: inout Output, _ complain: (String) -> Void) {
    guard !output.hasFailed else { return }
    var bytes = lines
    if output.gzip != nil { bytes = output.gzip?.compress(lines, isLast: isLast) ?? [] }
    var position = 0
    while position < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { all in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: all[position...])
        return unsafe Glibc.write(output.descriptor, rest.baseAddress, rest.count)
      }
      if count > 0 {
        position += count
      } else if errno != EINTR {
        output.hasFailed = true
        return complain(unsafe String(cString: strerror(errno)))
      }
    }
  }
}

extension TrafficEvent {
  /// Bytes that it keeps alive, roughly.
  fileprivate var size: Int {
    switch self {
    case .decided(let request): 512 + request.document.bytes.count
    case .ended(let request): 512 + (request.answer?.bytes.count ?? 0)
    case .listed(let list): 256 + list.entries.count * 64
    case .noticed: 512
    }
  }
}
