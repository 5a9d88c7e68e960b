/// How a server is asked to end, ever less politely. Times only: the caller does what a step says.
///
/// The specification's order: close its input, wait, SIGTERM, wait, SIGKILL.
package struct ShutdownLadder: Sendable {
  package struct Patience: Sendable {
    /// From the client's end until the server's input is closed although requests wait for answers; starts anew with every output of
    /// the server. Shorter than the two seconds which the official SDKs wait before they send SIGTERM.
    package var beforeClose: Duration
    /// From the client's end to SIGTERM; starts anew with every output of the server, up to `longest` in all.
    package var afterClose: Duration
    package var longest: Duration
    /// From SIGTERM to SIGKILL.
    package var afterTerminate: Duration
    /// From the server's end until its output counts as ended although a grandchild still holds the pipe.
    package var afterExit: Duration
    /// How long the client may take to read what is left for it.
    package var lastWrites: Duration

    package init(
      beforeClose: Duration = .seconds(1), afterClose: Duration, longest: Duration, afterTerminate: Duration,
      afterExit: Duration = .milliseconds(250), lastWrites: Duration = .seconds(2)
    ) {
      self.beforeClose = beforeClose
      self.afterClose = afterClose
      self.longest = longest
      self.afterTerminate = afterTerminate
      self.afterExit = afterExit
      self.lastWrites = lastWrites
    }

    /// The client closed its side: a server that still has answers to give may finish.
    package static let endOfInput = Patience(afterClose: .seconds(5), longest: .seconds(60), afterTerminate: .seconds(1))
    /// We were told to end. The official SDKs send SIGKILL two seconds after SIGTERM; by then the server must be gone.
    package static let signal = Patience(afterClose: .milliseconds(500), longest: .milliseconds(500), afterTerminate: .seconds(1))
  }

  package enum Step: Equatable, Sendable { case terminate, kill }

  private enum Rung { case closed, terminated, killed }

  private var rung = Rung.closed
  private var patience: Patience
  private let begun: ContinuousClock.Instant
  package private(set) var deadline: ContinuousClock.Instant?

  /// The client is gone, or we were told to end: the server's input is closed as soon as what waits for it is written.
  package init(_ patience: Patience, at now: ContinuousClock.Instant) {
    self.patience = patience
    self.begun = now
    self.deadline = now + min(patience.afterClose, patience.longest)
  }

  /// The server wrote something: it is not stuck.
  package mutating func heardFromServer(at now: ContinuousClock.Instant) {
    if rung == .closed { deadline = min(now + patience.afterClose, begun + patience.longest) }
  }

  /// Less patience from now on.
  package mutating func hurry(_ patience: Patience, at now: ContinuousClock.Instant) {
    self.patience = patience
    if rung == .closed, let deadline { self.deadline = min(deadline, now + patience.afterClose) }
  }

  /// What is due; called when `deadline` may have passed.
  package mutating func step(at now: ContinuousClock.Instant) -> Step? {
    guard let deadline, now >= deadline else { return nil }
    return climb(at: now)
  }

  /// The next rung at once: the person asks a second time.
  package mutating func climb(at now: ContinuousClock.Instant) -> Step? {
    switch rung {
    case .closed:
      rung = .terminated
      deadline = now + patience.afterTerminate
      return .terminate
    case .terminated:
      rung = .killed
      deadline = nil
      return .kill
    case .killed: return nil
    }
  }
}
