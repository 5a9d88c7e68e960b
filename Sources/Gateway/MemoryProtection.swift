internal import CPosix
internal import Glibc

/// Arguments and results of calls pass through this process's memory: nobody may read them out of it, nor may a crash show them.
///
/// - No core dump, whatever the limits say, and no tracing by the same user. The limit on core files stays as it is: the server would
///   inherit it.
/// - The Swift runtime answers a crash with registers, the bytes they point at and a backtrace on standard error, which is our log.
///   Its handlers are in place before `main`; `SWIFT_BACKTRACE` is read before that too. So they are taken out again: a crash ends the
///   process with its signal and without a word.
package func protectMemory() throws {
  guard sallyport_forbid_dumps() == 0 else { throw SystemError(doing: "forbidding core dumps") }
  for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { _ = Glibc.signal(number, SIG_DFL) }
}

/// Before a verb opens anything: what it opens first must not become one of the standard streams, where messages of MCP or lines of the log
/// would be written to it.
package func openMissingStandardStreams() { Descriptor.openMissingStandardStreams() }
