import ArgumentParser
import Audit
import Enforcement
import Logging
import Observation
import Settings

/// The options of the gates on their audit log.
struct AuditOptions: TableOptions {
  @Option(
    name: .customLong("audit"),
    help: ArgumentHelp("Write an audit log: one record a request, chained (docs/audit.md).", valueName: "file"))
  var file: String?

  @Option(
    name: .customLong("audit-size"),
    help: ArgumentHelp("Begin the next file of the audit log when one has so many MiB. Default: 64.", valueName: "MiB"))
  var size: Int?

  @Option(
    name: .customLong("audit-full"),
    help: ArgumentHelp(
      """
      What becomes of requests while the audit log cannot be written: deny, deny-sensitive (those that `@sensitive` scopes open), or drop \
      the records. Default: deny-sensitive.
      """, valueName: "rule"))
  var full: RecordDuty.Rule?

  /// In MiB.
  private static let sizes: ClosedRange<Int64> = 1...4_096

  static let table = "audit"
  var said: [String?] { [option("--audit", file), option("--audit-size", size), option("--audit-full", full)] }

  mutating func read(_ reader: inout SettingsReader) {
    if !reader.has("file") { reader.miss("file", "where to write the audit log") }
    file = reader.path("file")
    size = reader.whole("size", in: AuditOptions.sizes, unit: "MiB").map { Int($0) }
    full = reader.choice("full")
  }

  func validate() throws {
    guard AuditOptions.sizes.contains(Int64(size ?? 1)) else { throw ValidationError("--audit-size takes 1 to 4096") }
  }

  /// Nil: nothing has to be written down.
  var duty: RecordDuty? { file.map { _ in RecordDuty(full ?? .denySensitive) } }

  /// Starts no thread.
  ///
  /// - Returns: nil when no log is asked for.
  func open(_ duty: RecordDuty?, _ logger: Logger) throws -> AuditWriter? {
    guard let file else { return nil }
    var settings = AuditWriter.Settings()
    settings.fileLimit = (size ?? 64) << 20
    do throws(AuditError) {
      return try AuditWriter(
        file, settings, now: { Observer.now }, whenBehind: { duty?.report(writerIsBehind: $0) },
        whenFailing: { reason in
          if let reason {
            logger.error("the audit log cannot be written", metadata: ["reason": "\(reason)"])
          } else {
            logger.notice("the audit log is written again")
          }
        })
    } catch {
      throw Complaint("the audit log cannot be begun: \(error)")
    }
  }
}

extension RecordDuty.Rule: ExpressibleByArgument {}
