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
    bytes += (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}
