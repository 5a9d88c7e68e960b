import Glibc
import JSON
import TestSupport
import Testing

@testable import Gateway

@Suite struct LogLineTests {
  @Test func isOneObjectOnOneLine() throws {
    var line = LogLine(level: "info", message: "call")
    line.add("text", "a\"b\\c\n\u{1B}[31m\u{202E}é")
    line.add("absent", ifPresent: nil)
    line.add("list", ["x", "y"])
    line.add("sizes", sizes: [(name: "q\n", size: 3), (name: "limit", size: 1)])
    line.add("spent", nanoseconds: 12_345)
    let bytes = line.finished()
    #expect(bytes.last == UInt8(ascii: "\n"))
    #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    #expect(!bytes.contains(0x1B))
    let value = try Value(parsing: bytes.dropLast())
    #expect(value["level"] == "info" && value["message"] == "call" && value["absent"] == nil)
    #expect(value["text"]?.string == "a\"b\\c\n\u{1B}[31m\u{202E}é")
    #expect(value["list"] == ["x", "y"])
    #expect(value["sizes"]?["q\n"]?.number == 3)
    #expect(value["spent"]?.number?.description == "12.3")
  }

  @Test func timesAreUTC() throws {
    let line = LogLine(level: "info", message: "", at: .init(tv_sec: 1_795_361_405, tv_nsec: 7_999_999))
    #expect(try Value(parsing: line.finished().dropLast())["time"] == "2026-11-22T15:30:05.007Z")
  }

  @Test func anyTextIsWrittenAsJSON() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(500) {
      let scalars = (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random)) }
      let text = String(String.UnicodeScalarView(scalars))
      var line = LogLine(level: "info", message: text)
      line.add("details", texts: [(name: text, text: text)])
      let value = try? Value(parsing: line.finished().dropLast())
      #expect(value?["message"]?.string?.unicodeScalars.elementsEqual(scalars) == true, "SEED=\(seed)")
    }
  }

  @Test func aLineFitsOneWrite() {
    var line = LogLine(level: "notice", message: "call")
    let long = String(repeating: "\u{7F}", count: 10_000)
    for _ in 0..<2 { line.add("text", long) }
    #expect(line.finished().count < 4096)
  }
}
