import Audit
import Foundation
import Glibc
import JSON
import Testing

@Suite struct WriterTests {
  @Test func aLogIsGoneOnWith() throws {
    let log = try LogFolder()
    try log.write(3)
    try log.write(4, from: 3)
    let verified = try log.verified()
    #expect(verified.calls == 7 && verified.isClosed && verified.unfinished == 0)
    #expect(verified.lines == 10, "a header, seven records, two ends")
  }

  @Test func linesAreCanonicalAndSayWhatHappened() throws {
    let log = try LogFolder()
    try log.write(2)
    let lines = try log.lines(of: log.path).map { try Value(parsing: Array($0.utf8)) }
    #expect(lines[0]["kind"] == "open" && lines[0]["prev"] == .string(ChainLine.origin) && lines[0]["event"]?["file"] == 1)
    #expect(lines[2]["event"]?["bytesIn"] == 1_000 && lines[2]["sequence"] == 3 && lines[2]["time"] == 1_700_000_000_001)
    #expect(lines[2]["event"]?["target"] == "a \"tool\"\u{7}\u{E9}")
  }

  /// What kill -9 leaves: a line without its end. It counts as no damage, is taken away, and the log says so.
  @Test(arguments: [1, 40, 150])
  func aHalfWrittenLineIsCutOffAndSaid(bytes count: Int) throws {
    let log = try LogFolder()
    try log.write(5)
    let handle = try FileHandle(forWritingTo: URL(filePath: log.path))
    try handle.seekToEnd()
    try handle.write(
      contentsOf: Data(ChainLine.text(.call, event: LogFolder.event(9), previous: ChainLine.origin, sequence: 8, time: 1).prefix(count)))
    try handle.close()
    #expect(try log.verified().unfinished == count)
    try log.write(2)
    let verified = try log.verified()
    #expect(verified.unfinished == 0 && verified.calls == 7)
    let cut = try log.lines(of: log.path).compactMap { try Value(parsing: Array($0.utf8))["event"]?["cut"] }
    #expect(cut == [.number(Number(count))])
  }

  /// Killed between the renaming of a full file and the header of the next.
  @Test func aFileThatWasNotBegunIsBegun() throws {
    let log = try LogFolder()
    try log.write(5)
    try FileManager.default.moveItem(atPath: log.path, toPath: log.path + ".000001")
    try log.write(5)
    let verified = try log.verified()
    #expect(verified.file == 2 && verified.calls == 10)
  }

  @Test func aLogThatIsGoneIsNotBegunAnew() throws {
    let log = try LogFolder()
    try log.write(5)
    try FileManager.default.removeItem(atPath: log.path)
    #expect(throws: AuditError.self) { try log.writer() }
  }

  @Test func twoWritersAreOneTooMany() throws {
    let log = try LogFolder()
    let first = try log.writer()
    #expect(throws: AuditError.self) { try log.writer() }
    #expect(first.close())
  }

  @Test func nobodyElseReadsIt() throws {
    let log = try LogFolder()
    try log.write(1)
    for file in [log.path, log.path + ".head", log.path + ".key"] {
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600, "\(file)")
    }
  }

  /// Lost records are counted where they are missing.
  @Test func whatDoesNotFitIsCountedInTheChain() throws {
    let log = try LogFolder()
    let told = LogFolder.Told()
    let writer = try log.writer(queueLimit: 200, told)
    for number in 0..<200 { writer.append(LogFolder.event(number), at: 1) }
    writer.noteLost(5)
    #expect(writer.close())
    let verified = try log.verified()
    #expect(verified.lost == writer.status.lost && verified.lost >= 5)
    #expect(verified.calls + Int(verified.lost) == 205)
    #expect(told.everBehind)
  }

  @Test func digestsAreTheSameForTheSameLogOnly() throws {
    let (one, other) = (try LogFolder(), try LogFolder())
    let value = Array(#""4111 1111 1111 1111""#.utf8)
    let first = try one.writer()
    let digest = first.digest(value.span)
    #expect(first.close())
    let again = try one.writer()
    #expect(again.digest(value.span) == digest && digest.count == 16)
    let stranger = try other.writer()
    #expect(stranger.digest(value.span) != digest)
    #expect(again.close() && stranger.close())
  }

  /// A real file system without room. Needs the right to mount one.
  @Test(.enabled(if: getuid() == 0, "a file system can be mounted by root only"))
  func aFullDiskIsSaidAndWaitedOut() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-full-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    guard unsafe mount("tmpfs", folder, "tmpfs", 0, "size=256k") == 0 else { return }
    defer { unsafe umount2(folder, Int32(MNT_DETACH)) }
    let told = LogFolder.Told()
    let writer = try AuditWriter(
      folder + "/audit.jsonl", now: { Int64(Date.now.timeIntervalSince1970 * 1_000) }, whenBehind: { told.note($0) })
    writer.begin()
    let filler = folder + "/filler"
    _ = FileManager.default.createFile(atPath: filler, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(filePath: filler))
    while (try? handle.write(contentsOf: Data(repeating: 0, count: 4_096))) != nil {}
    for number in 0..<100 { writer.append(LogFolder.event(number), at: 1) }
    try waitUntil { writer.status.failure != nil }
    #expect(told.last == true)
    try FileManager.default.removeItem(atPath: filler)
    try handle.close()
    try waitUntil { writer.status.failure == nil && writer.status.waitingBytes == 0 }
    #expect(writer.close())
    let verified = try AuditVerification(
      [AuditVerification.File(name: "audit.jsonl", bytes: try #require(try bytes(at: folder + "/audit.jsonl")))], head: nil)
    #expect(verified.calls == 100 && verified.lost == 0)
  }

  private func waitUntil(_ condition: () -> Bool) throws {
    let deadline = Date.now.addingTimeInterval(30)
    while !condition() {
      try #require(Date.now < deadline)
      usleep(5_000)
    }
  }
}
