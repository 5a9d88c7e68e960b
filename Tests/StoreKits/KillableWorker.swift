internal import Foundation
internal import Glibc

/// A `StoreWorker` that can be killed.
package final class KillableWorker {
  private let process = Process()
  private let output = Pipe()
  private var bytes = Data()

  /// - Parameter place: the folder or server that it works on.
  package init(_ place: String, seed: UInt64) throws {
    let bundle = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    process.executableURL = bundle.deletingLastPathComponent().appending(path: "StoreWorker")
    process.arguments = [place, "\(seed)"]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// Until it has done something, or is gone.
  package func waitForLine() {
    while !bytes.contains(UInt8(ascii: "\n")) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return }
      bytes += more
    }
  }

  /// - Returns: the whole lines that it wrote.
  package func kill() -> [String] {
    Glibc.kill(process.processIdentifier, SIGKILL)
    awaitDeath(of: process.processIdentifier)
    drain()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Takes what the dead worker has left in the pipe. The pipe's end is not waited for: a process that another test started in the same moment may
  /// have inherited it, and live on.
  private func drain() {
    let descriptor = output.fileHandleForReading.fileDescriptor
    guard fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) == 0 else { return }
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count <= 0 { return }
      bytes += chunk[..<count]
    }
  }
}

/// Waits until a child is dead and collects it. `Process`, whose own way to wait hangs when something else has inherited the socket that it waits
/// on, would leave it uncollected then, and beside such a child no test that waits for the end of a process of its own (`processExitsWith`) ends.
package func awaitDeath(of child: Int32) {
  var information = unsafe siginfo_t()
  while unsafe waitid(P_PID, id_t(child), &information, WEXITED) == -1, errno == EINTR {}
}
