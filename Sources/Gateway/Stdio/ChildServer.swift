internal import Glibc

/// A server process whose streams another event loop than ours reads and writes. One thread at a time.
package final class ChildServer {
  private var process: ServerProcess

  /// Starts it, without a shell.
  ///
  /// - Parameter names: of the variables of ours that it sees.
  package init(starting command: [String], seeing names: [String]) throws {
    // A server that goes away is an outcome of write(2), not the end of this process.
    _ = Glibc.signal(SIGPIPE, SIG_IGN)
    process = try ServerProcess(starting: command, seeing: names)
  }

  /// Our ends of its streams, once; whoever takes them closes them.
  package func takeStreams() -> (input: Int32, output: Int32, errors: Int32)? {
    guard let input = process.input.take()?.release(), let output = process.output.take()?.release(),
      let errors = process.errors.take()?.release()
    else { return nil }
    return (input, output, errors)
  }

  package var identifier: Int32 { process.identifier }

  /// How it ended; nil: it runs.
  package func look() -> ExitStatus? {
    process.notice()
    return process.status
  }

  package func signal(_ step: ShutdownLadder.Step) { process.signal(step) }

  /// Ends what is left of it, at once, and reaps it.
  package func collect() { process.collect() }
}
