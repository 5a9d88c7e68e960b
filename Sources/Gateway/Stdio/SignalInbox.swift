internal import CPosix
internal import Glibc

/// Signals as something that can be read, so that they meet the poll loop like any other input.
///
/// They are blocked for the calling thread: make it before any other thread exists.
struct SignalInbox: ~Copyable {
  enum Signal: Equatable {
    case end(Int32)
    case childChanged
  }

  private static let ending = [SIGTERM, SIGINT, SIGHUP]
  let descriptor: Descriptor

  init() throws(SystemError) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in Self.ending + [SIGCHLD] { unsafe sigaddset(&set, signal) }
    guard unsafe pthread_sigmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError(doing: "blocking signals") }
    let number = unsafe sallyport_signal_descriptor(&set)
    guard number >= 0 else { throw SystemError(doing: "opening a signal descriptor") }
    descriptor = Descriptor(owning: number)
    // A reader that goes away is an outcome of write(2), not the end of this process.
    _ = Glibc.signal(SIGPIPE, SIG_IGN)
  }

  /// Everything that has arrived.
  func drain() -> [Signal] {
    var signals: [Signal] = []
    while true {
      let number = sallyport_next_signal(descriptor.number)
      if number == 0 { return signals }
      signals.append(number == SIGCHLD ? .childChanged : .end(number))
    }
  }
}
