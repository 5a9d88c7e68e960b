internal import Glibc

/// Signals as what the first thread of a server waits for, while other threads do the work.
///
/// They are blocked for the calling thread and for those it starts: make it before any other thread exists.
package struct SignalWait: ~Copyable {
  package enum Signal: Equatable, Sendable {
    case end(Int32)
    case reload
  }

  private let set: sigset_t

  package init() throws {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
    guard unsafe pthread_sigmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError(doing: "blocking signals") }
    self.set = set
    // A reader that goes away is an outcome of write(2), not the end of this process.
    _ = Glibc.signal(SIGPIPE, SIG_IGN)
  }

  /// - Returns: nil when none came in time.
  package func next(within milliseconds: Int) -> Signal? {
    var set = set
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    let number = unsafe sigtimedwait(&set, nil, &time)
    guard number > 0 else { return nil }
    return number == SIGHUP ? .reload : .end(number)
  }
}
