import Audit
import Foundation
import TestSupport
import Testing

/// What is done to a log after it was written is found, and where.
@Suite struct TamperTests {
  struct Tampering: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Of lines of a log of one file: a header, ten records and a close.
    let change: @Sendable (inout [String]) -> Void
    let line: Int
  }

  static let tamperings = [
    Tampering(testDescription: "a value is edited", change: { $0[4] = $0[4].replacing("tester", with: "nobody") }, line: 6),
    Tampering(testDescription: "a line is removed", change: { $0.remove(at: 5) }, line: 6),
    Tampering(testDescription: "a line is doubled", change: { $0.insert($0[5], at: 5) }, line: 7),
    Tampering(testDescription: "two lines change places", change: { $0.swapAt(3, 4) }, line: 4),
    Tampering(testDescription: "the header is removed", change: { $0.removeFirst() }, line: 1),
    Tampering(testDescription: "the last line is removed", change: { $0.removeLast() }, line: 0),
    Tampering(testDescription: "half is removed", change: { $0.removeLast(6) }, line: 0),
    Tampering(testDescription: "a space is added", change: { $0[2] = $0[2].replacing(#""kind""#, with: #" "kind""#) }, line: 3),
    Tampering(testDescription: "a number is edited", change: { $0[7] = $0[7].replacing("6000", with: "6001") }, line: 9),
    Tampering(testDescription: "a member is added", change: { $0[7] = $0[7].replacing(#","time""#, with: #","text":1,"time""#) }, line: 8),
    Tampering(testDescription: "the last line is edited", change: { $0[11] = $0[11].replacing("close", with: "call") }, line: 0),
    Tampering(testDescription: "an empty line", change: { $0.insert("", at: 4) }, line: 5),
  ]

  @Test(arguments: tamperings)
  func isFound(tampering: Tampering) throws {
    let log = try LogFolder()
    try log.write(10)
    #expect(try log.damage() == nil)
    var lines = try log.lines(of: log.path)
    #expect(lines.count == 12)
    tampering.change(&lines)
    try log.replace(log.path, with: lines)
    let found = try #require(try log.damage())
    #expect(found.line == tampering.line, "\(found)")
    #expect(throws: AuditError.self) { try log.writer() }
  }

  @Test func anyByteThatChangesIsFound() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let log = try LogFolder()
    try log.write(20)
    let whole = try #require(try bytes(at: log.path))
    for _ in 0..<propertyRuns(200) {
      var changed = whole
      let place = Int.random(in: 0..<changed.count, using: &random)
      let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      changed[place] ^= bit
      try Data(changed).write(to: URL(filePath: log.path))
      #expect(try log.damage() != nil, "byte \(place), bit \(bit), SEED=\(seed)")
    }
  }

  @Test func aFileThatIsMissingInTheMiddleIsMissed() throws {
    let log = try LogFolder()
    try log.write(40, fileLimit: 4_000)
    #expect(log.files.count > 2)
    #expect(try log.verified().calls == 40)
    try FileManager.default.removeItem(atPath: log.files[1])
    let found = try #require(try log.damage())
    #expect(found.line == 1 && found.reason.contains("file 2 of the log is missing"), "\(found)")
  }

  /// The oldest may be taken away; what is left is still a chain, and says so.
  @Test func theOldestFilesMayGo() throws {
    let log = try LogFolder()
    try log.write(40, fileLimit: 4_000)
    try FileManager.default.removeItem(atPath: log.files[0])
    #expect(try log.verified().firstFile == 2)
  }

  @Test func filesMayBeGivenInAnyOrderButNotTwice() throws {
    let log = try LogFolder()
    try log.write(40, fileLimit: 4_000)
    let parts = try log.files.map { AuditVerification.File(name: $0, bytes: try bytes(at: $0) ?? []) }
    #expect(try AuditVerification(parts.reversed(), head: nil).calls == 40)
    #expect(throws: AuditVerification.Break.self) { try AuditVerification(parts + [parts[1]], head: nil) }
  }

  @Test func aLineOfAnotherLogDoesNotFit() throws {
    let (one, other) = (try LogFolder(), try LogFolder())
    try one.write(10)
    try other.write(10)
    var lines = try one.lines(of: one.path)
    lines[5] = try other.lines(of: other.path)[5]
    try one.replace(one.path, with: lines)
    #expect(try one.damage()?.line == 6)
  }
}
