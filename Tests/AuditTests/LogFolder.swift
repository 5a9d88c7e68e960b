import Audit
import Foundation
import Synchronization

/// A folder with one audit log, gone with its owner.
final class LogFolder {
  let path: String
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-audit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: "audit.jsonl").path
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// All that the writer was told of being behind.
  final class Told: Sendable {
    private let values = Mutex<[Bool]>([])
    func note(_ value: Bool) { values.withLock { $0.append(value) } }
    var last: Bool? { values.withLock { $0.last } }
    var everBehind: Bool { values.withLock { $0.contains(true) } }
  }

  func writer(fileLimit: Int = 1 << 20, queueLimit: Int = 1 << 20, _ told: Told = Told()) throws -> AuditWriter {
    var settings = AuditWriter.Settings()
    settings.fileLimit = fileLimit
    settings.queueLimit = queueLimit
    let writer = try AuditWriter(path, settings, now: { 1_700_000_000_000 }, whenBehind: { told.note($0) })
    writer.begin()
    return writer
  }

  /// Writes so many records, from `first` on, and ends in order.
  func write(_ count: Int, from first: Int = 0, fileLimit: Int = 1 << 20) throws {
    let writer = try writer(fileLimit: fileLimit)
    for number in first..<first + count { writer.append(LogFolder.event(number), at: 1_700_000_000_000 + Int64(number)) }
    guard writer.close() else { throw CocoaError(.fileWriteUnknown) }
  }

  static func event(_ number: Int) -> [UInt8] {
    var object = CanonicalObject()
    object.add("agent", "tester")
    object.add("bytesIn", Int64(number * 1_000))
    object.add("target", "a \"tool\"\u{7}\u{E9}")
    return object.finished()
  }

  /// Those that were full in their order, and the one that is written.
  var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let full = names.filter { $0.hasPrefix("audit.jsonl.0") }.sorted()
    return (full + ["audit.jsonl"]).map { folder.appending(path: $0).path }
  }

  func lines(of file: String) throws -> [String] {
    try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  func replace(_ file: String, with lines: [String]) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
  }

  var head: AuditHead? { get throws { (try bytes(at: path + ".head")).flatMap { AuditHead($0) } } }

  func verified(withHead: Bool = true) throws -> AuditVerification {
    let parts = try files.map { AuditVerification.File(name: URL(filePath: $0).lastPathComponent, bytes: try bytes(at: $0) ?? []) }
    return try AuditVerification(parts, head: withHead ? head : nil)
  }

  /// Where the log is broken; nil: it is not.
  func damage() throws -> AuditVerification.Break? {
    do {
      _ = try verified()
      return nil
    } catch let broken as AuditVerification.Break {
      return broken
    }
  }
}
