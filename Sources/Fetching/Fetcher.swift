internal import CCurl
internal import Dispatch
internal import Synchronization

/// Fetches documents over HTTP with libcurl, many at a time on one thread of its own.
///
/// Made for keys and metadata of authorization servers, whose addresses are configured but whose names anybody may come to own. So: TLS with
/// checked certificates, except on this machine; every address looked at when it is connected to; nothing redirected; no proxy, cookie or
/// credential out of the environment; an end in time and in size.
package final class Fetcher: DocumentSource {
  private let inbox: Inbox

  /// - Parameter authorities: a file of certificates in PEM that are trusted instead of the system's.
  package init(_ policy: AddressPolicy = AddressPolicy(), authorities: String? = nil) {
    inbox = Inbox()
    // Never ends before `stop`, so it gets a thread, not a turn.
    DispatchQueue(label: "sallyport.fetching").async { [inbox] in FetchLoop(inbox, policy, authorities)?.run() }
  }

  deinit { stop() }

  package func fetch(_ request: FetchRequest, _ done: @escaping @Sendable (Result<FetchedDocument, FetchFault>) -> Void) {
    if let fault = inbox.put(FetchJob(request: request, done: done)) { done(.failure(fault)) }
  }

  /// What is under way fails; nothing can be fetched from then on.
  package func stop() { inbox.stop() }
}

struct FetchJob: Sendable {
  let request: FetchRequest
  let done: @Sendable (Result<FetchedDocument, FetchFault>) -> Void
}

/// What other threads hand to the loop.
final class Inbox: Sendable {
  private struct State {
    var jobs: [FetchJob] = []
    /// Waiting and under way.
    var count = 0
    var isStopped = false
    /// Of the loop's transfers, to wake it; nil before it runs and once it has ended. Used under the lock only.
    var multi: UInt?
  }

  /// More at once would mean that no answers come, or that somebody makes the gate ask.
  private static let mostJobs = 256

  private let state = Mutex(State())

  /// - Returns: why not, when the job is not taken.
  func put(_ job: FetchJob) -> FetchFault? {
    state.withLock { state in
      guard !state.isStopped else { return .stopped }
      guard state.count < Inbox.mostJobs else { return .busy }
      state.count += 1
      state.jobs.append(job)
      Inbox.wake(state.multi)
      return nil
    }
  }

  func stop() {
    state.withLock { state in
      state.isStopped = true
      Inbox.wake(state.multi)
    }
  }

  /// The loop is there.
  func open(_ multi: UInt) { state.withLock { $0.multi = multi } }

  /// The loop's transfers are about to be freed, or there never were any.
  ///
  /// - Returns: the jobs that nobody took.
  func close() -> [FetchJob] {
    state.withLock { state in
      state.multi = nil
      state.isStopped = true
      defer { state.jobs = [] }
      return state.jobs
    }
  }

  /// - Returns: nil once stopped.
  func take() -> [FetchJob]? {
    state.withLock { state in
      guard !state.isStopped else { return nil }
      defer { state.jobs = [] }
      return state.jobs
    }
  }

  func finished() { state.withLock { $0.count -= 1 } }

  /// The one function of libcurl that other threads may call.
  private static func wake(_ multi: UInt?) {
    guard let multi else { return }
    _ = unsafe curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: multi))
  }
}
