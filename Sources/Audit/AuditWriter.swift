internal import Digests
internal import Dispatch
internal import Foundation
internal import Glibc
internal import Synchronization

/// Writes an audit log on a thread of its own: what comes together is written and made sure of together.
package final class AuditWriter: Sendable {
  package struct Settings: Sendable {
    /// Bytes of one file.
    package var fileLimit = 64 << 20
    /// Bytes of events that wait; what comes then is lost, and counted.
    package var queueLimit = 8 << 20
    /// How long what waits may wait before the log counts as behind, in milliseconds.
    package var patience: Int64 = 2_000

    package init() {}
  }

  /// For operators.
  package struct Status: Sendable, Equatable {
    package var lines: Int64 = 0
    package var lost: Int64 = 0
    package var waitingBytes = 0
    /// Why the last attempt to write failed; nil: it did not.
    package var failure: String?
  }

  private struct Entry {
    let event: [UInt8]
    let time: Int64
  }

  private struct State {
    var queue: [Entry] = []
    var status = Status()
    /// Not yet told in the log.
    var untold: Int64 = 0
    var isClosed = false
    var hasEnded = false
    /// When the writer last had nothing left to do, or did something.
    var progress: Int64 = 0
  }

  private static let retryMilliseconds = 500
  /// Between two times of making sure, so that a slow disk is not asked for each call.
  private static let gatherMicroseconds: UInt32 = 5_000

  private let settings: Settings
  private let state: Mutex<State>
  /// Of the thread alone, once it runs.
  private let file: Mutex<AuditFile?>
  private let signal = DispatchSemaphore(value: 0)
  private let end = DispatchSemaphore(value: 0)
  private let now: @Sendable () -> Int64
  private let whenBehind: @Sendable (Bool) -> Void
  private let whenFailing: @Sendable (String?) -> Void
  private let key: [UInt8]

  /// Opens the log, or begins one, and writes its header.
  ///
  /// - Parameters:
  ///   - now: milliseconds since 1970.
  ///   - whenBehind: told again and again whether what comes now may never be written.
  ///   - whenFailing: told when writing begins to fail, and why, and with nil when it works again.
  package init(
    _ path: String, _ settings: Settings = Settings(), now: @escaping @Sendable () -> Int64,
    whenBehind: @escaping @Sendable (Bool) -> Void, whenFailing: @escaping @Sendable (String?) -> Void = { _ in }
  ) throws(AuditError) {
    // A limit on the size of files is an error of a write like others.
    _ = Glibc.signal(SIGXFSZ, SIG_IGN)
    var file = try AuditFile(path, limit: settings.fileLimit, at: now())
    try file.flush()
    key = try AuditWriter.key(path + ".key")
    self.settings = settings
    self.now = now
    self.whenBehind = whenBehind
    self.whenFailing = whenFailing
    state = Mutex(State(progress: now()))
    self.file = Mutex(file)
  }

  /// Writes from now on. Apart from `init`, so that a log can be opened before the process has a second thread.
  package func begin() { Thread.detachNewThread { [self] in run() } }

  /// Digest of a value for records: the same for the same value as long as the log has this key, and no help for whoever has not.
  package func digest(_ value: Span<UInt8>) -> [UInt8] { Array(hmacSHA256(key: key, value).prefix(16)) }

  /// A record of a call, as a JSON object in the canonical layout.
  package func append(_ event: [UInt8], at time: Int64) {
    let isNowBehind = state.withLock { state -> Bool in
      if state.status.waitingBytes + event.count > settings.queueLimit {
        state.status.lost += 1
        state.untold += 1
      } else {
        state.queue.append(Entry(event: event, time: time))
        state.status.waitingBytes += event.count
      }
      return isBehind(state)
    }
    if isNowBehind { whenBehind(true) }
    signal.signal()
  }

  /// Records were lost before they came here.
  package func noteLost(_ count: Int) {
    state.withLock { state in
      state.status.lost += Int64(count)
      state.untold += Int64(count)
    }
    signal.signal()
  }

  /// Looks whether the writer has come on; the writer itself cannot while a disk holds it.
  package func lookForStall() {
    if state.withLock({ isBehind($0) }) { whenBehind(true) }
  }

  package var status: Status { state.withLock { $0.status } }

  /// Writes what is left, and ends the log in order. Waits for it, but not for ever.
  ///
  /// - Returns: whether everything is on the disk.
  package func close(within milliseconds: Int = 3_000) -> Bool {
    state.withLock { $0.isClosed = true }
    signal.signal()
    let isDone = end.wait(timeout: .now() + .milliseconds(milliseconds)) == .success
    return isDone && state.withLock { $0.status.failure == nil && $0.status.waitingBytes == 0 }
  }

  private func isBehind(_ state: State) -> Bool {
    if state.status.failure != nil || state.status.waitingBytes > settings.queueLimit / 2 { return true }
    return state.status.waitingBytes > 0 && now() - state.progress > settings.patience
  }

  // MARK: The thread

  private func run() {
    while true {
      _ = signal.wait(timeout: .now() + .milliseconds(Self.retryMilliseconds))
      let (isClosed, isFailing) = state.withLock { ($0.isClosed, $0.status.failure != nil) }
      if isFailing, !isClosed { usleep(UInt32(Self.retryMilliseconds) * 1_000) }
      let isWritten = file.withLock { file in
        guard var opened = file.take() else { return true }
        let isWritten = write(&opened, isClosing: isClosed)
        file = consume opened
        return isWritten
      }
      if isClosed, isWritten || isFailing { break }
      if !isClosed { usleep(Self.gatherMicroseconds) }
    }
    // Whoever is told that it has ended may open the log again.
    file.withLock { $0 = nil }
    end.signal()
  }

  /// Everything that waits, in one go. What cannot be written stays where it is.
  private func write(_ file: inout AuditFile, isClosing: Bool) -> Bool {
    var entries: ArraySlice<Entry> = []
    var untold: Int64 = 0
    var count: Int64 = 0
    do throws(AuditError) {
      // First what is part of the chain already.
      if file.hasUnwritten { try file.flush() }
      (entries, untold) = state.withLock { state in
        defer {
          state.queue = []
          state.untold = 0
        }
        return (state.queue[...], state.untold)
      }
      if untold > 0 {
        var event = CanonicalObject()
        event.add("count", untold)
        try file.append(.lost, event.finished(), at: now())
        untold = 0
      }
      while let entry = entries.first {
        try file.append(.call, entry.event, at: entry.time)
        entries.removeFirst()
        count += 1
      }
      if isClosing { try file.append(.close, Array("{}".utf8), at: now()) }
      if file.hasUnwritten { try file.flush() }
      finish(count)
      return true
    } catch {
      let isNew = state.withLock { state in
        state.queue.insert(contentsOf: entries, at: 0)
        state.untold += untold
        state.status.lines += count
        defer { state.status.failure = error.description }
        return state.status.failure == nil
      }
      whenBehind(true)
      if isNew { whenFailing(error.description) }
      return false
    }
  }

  private func finish(_ count: Int64) {
    let (wasFailing, isStillBehind) = state.withLock { state -> (Bool, Bool) in
      let wasFailing = state.status.failure != nil
      state.status.failure = nil
      state.status.lines += count
      state.status.waitingBytes = state.queue.reduce(0) { $0 + $1.event.count }
      state.progress = now()
      return (wasFailing, self.isBehind(state))
    }
    whenBehind(isStillBehind)
    if wasFailing { whenFailing(nil) }
  }

  private static func key(_ path: String) throws(AuditError) -> [UInt8] {
    let descriptor = try openPrivate(path, O_RDWR | O_CREAT)
    defer { Glibc.close(descriptor) }
    let known = try bytes(at: path) ?? []
    if known.count == 32 { return known }
    guard known.isEmpty else { throw AuditError("`\(path)` is no key of an audit log") }
    let fresh = randomBytes(32)
    let count = unsafe fresh.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard count == fresh.count, fsync(descriptor) == 0 else { throw AuditError("cannot write", path) }
    return fresh
  }
}
