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
    line.open("sizes")
    line.addMember("q\n".utf8.span, 3)
    line.addMember("limit".utf8.span, 1)
    line.close()
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

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_399, "2000-02-28T23:59:59.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
    (951_868_800, "2000-03-01T00:00:00.000Z"), (1_798_761_599, "2026-12-31T23:59:59.000Z"), (4_107_542_400, "2100-03-01T00:00:00.000Z"),
    (1_709_164_800, "2024-02-29T00:00:00.000Z"),
  ])
  func datesAreTheCalendars(seconds: Int, text: String) throws {
    let line = LogLine(level: "info", message: "", at: .init(tv_sec: seconds, tv_nsec: 0))
    #expect(try Value(parsing: line.finished().dropLast())["time"]?.string == text)
  }

  @Test(arguments: [0, 9, 10, 99, 1_000_000, -7, Int.max, Int.min])
  func numbersAreWrittenWhole(number: Int) throws {
    var line = LogLine(level: "info", message: "")
    line.add("number", number)
    line.add("text", quoted: Int64(number))
    let value = try Value(parsing: line.finished().dropLast())
    #expect(value["number"]?.number?.description == "\(number)" && value["text"]?.string == "\(number)")
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
