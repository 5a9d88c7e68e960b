import Glibc
import Testing

@testable import Gateway

@Suite struct LogStreamTests {
  /// A reader that sleeps must not stop the gate, and must learn later how much it missed.
  @Test func aFullPipeNeitherBlocksNorLosesCount() throws {
    let ends = try Descriptor.pipe()
    let reading = Descriptor(owning: ends.reading)
    let writing = Descriptor(owning: ends.writing)
    try reading.makeNonBlocking()
    let stream = LogStream(descriptor: writing.number)
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999) + [UInt8(ascii: "\n")]
    // 64 KiB in the pipe, 1 MiB in the backlog: some of these fit nowhere.
    for _ in 0..<2_000 { stream.write(line) }
    #expect(stream.hasBacklog && !stream.hasRoom)

    var text = ""
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      guard case .moved(let count) = reading.read(into: &buffer, 0..<buffer.count) else { break }
      text += String(decoding: buffer[..<count], as: UTF8.self)
      stream.flush()
    }
    #expect(!stream.hasBacklog && stream.hasRoom)
    let lines = text.split(separator: "\n")
    let kept = lines.filter { $0.count == 999 && $0.allSatisfy { $0 == "x" } }.count
    #expect(lines.count == kept + 1, "lines are whole")
    #expect(lines.last?.contains("\"lost\":\(2_000 - kept)") == true)
  }

  /// What gathers goes out at `flush`, or before it when it is much; no write ends inside a line.
  @Test func linesThatGatherGoOutTogether() throws {
    let ends = try Descriptor.pipe()
    let reading = Descriptor(owning: ends.reading)
    let writing = Descriptor(owning: ends.writing)
    try reading.makeNonBlocking()
    let stream = LogStream(descriptor: writing.number)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 699) + [UInt8(ascii: "\n")]
    for _ in 0..<10 { stream.writeLater(line) }
    #expect(reading.read(into: &buffer, 0..<buffer.count) == .wouldBlock)
    stream.write(line)
    stream.flush()
    #expect(reading.read(into: &buffer, 0..<buffer.count) == .moved(11 * 700))
    for _ in 0..<60 { stream.writeLater(line) }
    guard case .moved(let early) = reading.read(into: &buffer, 0..<buffer.count) else {
      Issue.record("nothing was written before the flush")
      return
    }
    #expect(early > 0 && early % 700 == 0)
  }

  @Test func aReaderThatIsGoneIsNoTrouble() throws {
    _ = Glibc.signal(SIGPIPE, SIG_IGN)
    let ends = try Descriptor.pipe()
    let writing = Descriptor(owning: ends.writing)
    do { _ = Descriptor(owning: ends.reading) }
    let stream = LogStream(descriptor: writing.number)
    for _ in 0..<10 { stream.write([UInt8(ascii: "x"), UInt8(ascii: "\n")]) }
    #expect(!stream.hasBacklog)
  }
}
