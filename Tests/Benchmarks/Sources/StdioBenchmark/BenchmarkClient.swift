import Foundation

/// Calls a server, or a gate, over blocking pipes.
final class BenchmarkClient {
  static let messageSize = 341
  private static let batch = 64
  private static let window = 448

  private let process = Process()
  private let toServer = Pipe()
  private let fromServer = Pipe()
  private var nextID = 1_000_000
  private var lines = 0
  private var bytes = 0

  init(_ command: [String]) throws {
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = toServer
    process.standardOutput = fromServer
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The first call starts both: the gate reads the server's tools before it lets one through.
    _ = roundTrips(200)
  }

  func close() {
    try? toServer.fileHandleForWriting.close()
    process.waitUntilExit()
    precondition(bytes == lines * BenchmarkServer.answerSize, "some answers were not the server's")
  }

  /// Sorted, in microseconds.
  func roundTrips(_ count: Int) -> [Double] {
    var times: [Double] = []
    times.reserveCapacity(count)
    for _ in 0..<count {
      let message = message()
      let start = DispatchTime.now().uptimeNanoseconds
      writeAll(message, to: toServer.fileHandleForWriting.fileDescriptor)
      readLines(1)
      times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1000)
    }
    return times.sorted()
  }

  /// Messages a second, with at most `window` in flight: the gate refuses a client that never waits for answers.
  func throughput(_ count: Int) -> Double {
    let descriptor = toServer.fileHandleForWriting.fileDescriptor
    var batches: [[UInt8]] = []
    for start in stride(from: 0, to: count, by: Self.batch) {
      batches.append((start..<min(start + Self.batch, count)).reduce(into: []) { batch, _ in batch += message() })
    }
    let start = DispatchTime.now().uptimeNanoseconds
    let room = DispatchSemaphore(value: 0)
    for _ in 0..<(Self.window / Self.batch) { room.signal() }
    let writer = Thread { [batches] in
      for batch in batches {
        room.wait()
        writeAll(batch, to: descriptor)
      }
    }
    writer.start()
    readLines(count) { room.signal() }
    return Double(count) / (Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
  }

  private func message() -> [UInt8] {
    nextID += 1
    let head = #"{"jsonrpc":"2.0","id":\#(nextID),"method":"tools/call","params":{"name":"echo","arguments":{"text":""#
    let tail =
      #""},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"# + "\n"
    return Array((head + String(repeating: "y", count: Self.messageSize - head.utf8.count - tail.utf8.count) + tail).utf8)
  }

  /// - Parameter onBatch: called for every `batch` answers.
  private func readLines(_ count: Int, onBatch: () -> Void = {}) {
    var left = count
    var sinceBatch = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while left > 0 {
      let size = read(fromServer.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      guard size > 0 else { fatalError("the server closed its output with \(left) answers to come") }
      let lines = buffer[..<size].count { $0 == UInt8(ascii: "\n") }
      // A denial is longer than an answer.
      bytes += size
      self.lines += lines
      left -= lines
      sinceBatch += lines
      while sinceBatch >= Self.batch {
        sinceBatch -= Self.batch
        onBatch()
      }
    }
  }
}
