import Foundation
import Glibc
import Testing

/// A crash shows nothing of the memory that calls pass through.
struct CrashTests {
  /// Without those that a test's thread has blocked, and its children so too.
  static let signals = ["SEGV": SIGSEGV, "ILL": SIGILL, "TRAP": SIGTRAP, "BUS": SIGBUS, "FPE": SIGFPE]
  static let verbs = ["wrap --policy \(Programs.folder("Fixtures/stub.sally")) --agent tester", "snapshot", "init"]

  /// The server that is started sends its parent the signal that a trap or a bad access would have sent.
  @Test(arguments: verbs, signals.keys.sorted())
  func aCrashSaysNothing(verb: String, name: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-crash-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let server = "sh -c 'kill -\(name) $PPID; sleep 1'"
    let finished = try run(
      "/bin/sh", ["-c", "ulimit -c unlimited; exec \(Programs.sallyport) \(verb) -- \(server)"],
      environment: ["SWIFT_BACKTRACE": "enable=yes,color=no,interactive=no"], in: folder.path)
    #expect(finished.exitCode == Self.signals[name])
    for word in ["acktrac", "egisters", "0x", "Signal"] { #expect(!finished.errors.contains(word), "\(finished.errors)") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty, "a core dump, or what a verb had no time to write")
  }
}
