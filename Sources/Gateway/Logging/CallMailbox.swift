package import Enforcement
internal import Glibc
internal import Synchronization

/// Where the threads that serve put finished records, for the one thread that makes something of them: counts, spans, audit, log lines.
///
/// Whoever serves pays for one append. Nothing waits: a mailbox that is full counts what it loses, and says that it is filling up early
/// enough for requests to be refused that must not go unrecorded.
package final class CallMailbox: Sendable {
  /// Records that wait at most: some 40 MB.
  package static let capacity = 1 << 16

  /// What the reader takes out at once.
  package struct Delivery {
    package var records: [CallRecord] = []
    /// How many did not fit since the last one.
    package var lost = 0

    package init() {}
  }

  private struct State {
    var records: [CallRecord] = []
    var lost = 0
    var isClosed = false
    var isWoken = false
  }

  private let state = Mutex(State())
  private let pipe: WakePipe
  private let duty: RecordDuty?

  package init(duty: RecordDuty?) throws {
    pipe = try WakePipe()
    self.duty = duty
  }

  package func put(_ record: CallRecord) {
    let (wakes, isFilling) = state.withLock { state -> (Bool, Bool) in
      if state.records.count < CallMailbox.capacity { state.records.append(record) } else { state.lost += 1 }
      defer { state.isWoken = true }
      return (!state.isWoken, state.records.count > CallMailbox.capacity / 2)
    }
    if wakes { pipe.wake() }
    if isFilling { duty?.report(mailboxIsFilling: true) }
  }

  /// No more will come; `take` says so once everything was taken.
  package func close() {
    state.withLock { $0.isClosed = true }
    pipe.wake()
  }

  /// Waits for records, or for so many milliseconds. For one reader, which then looks again after a pause: what comes meanwhile wakes nobody.
  ///
  /// - Returns: nil once it is closed and empty.
  package func take(into delivery: inout Delivery, within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&entry, 1, milliseconds)
    pipe.drain()
    delivery.records.removeAll(keepingCapacity: true)
    defer { duty?.report(mailboxIsFilling: false) }
    return state.withLock { state in
      swap(&state.records, &delivery.records)
      delivery.lost = state.lost
      state.lost = 0
      state.isWoken = false
      return !(state.isClosed && delivery.records.isEmpty)
    }
  }
}
