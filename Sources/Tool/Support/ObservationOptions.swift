import ArgumentParser
import Audit
import Bytecode
import Credentials
import Digests
import Enforcement
import Evidence
import Fetching
import Filters
import Foundation
import Gateway
import Logging
import Observation
import Semantics
import Telemetry

/// The options of the gates on what is written down of requests, beside the log.
struct ObservationOptions: ParsableArguments {
  enum Arguments: String, ExpressibleByArgument, CaseIterable {
    case sizes, redacted
  }

  @Option(help: ArgumentHelp("Write an audit log: one record a request, chained (docs/audit.md).", valueName: "file"))
  var audit: String?

  @Option(help: ArgumentHelp("Begin the next file of the audit log when one has so many MiB.", valueName: "MiB"))
  var auditSize = 64

  @Option(
    help: ArgumentHelp(
      """
      What becomes of requests while the audit log cannot be written: deny, deny-sensitive (those that `@sensitive` scopes open), or drop \
      the records.
      """, valueName: "rule"))
  var auditFull = RecordDuty.Rule.denySensitive

  @Option(help: "What the log and spans show of arguments: sizes, or values with secrets and personal data taken out (redacted).")
  var logArguments = Arguments.sizes

  @Option(
    help: ArgumentHelp(
      "Send traces and metrics to an OpenTelemetry collector by OTLP over HTTP. SALLYPORT_OTLP_AUTHORIZATION is sent along.",
      valueName: "url"))
  var otlp: String?

  func validate() throws {
    guard (1...4_096).contains(auditSize) else { throw ValidationError("--audit-size takes 1 to 4096") }
  }

  /// Opens what is to be written. Starts no thread.
  ///
  /// - Parameter isAlwaysWanted: somebody looks at what is counted, whatever else is asked for.
  /// - Returns: nil when nothing but the log is asked for.
  func prepare(isAlwaysWanted: Bool = false, logger: Logger, stream: LogStream, key: String? = nil) throws -> PreparedObservation? {
    guard isAlwaysWanted || audit != nil || otlp != nil || logArguments == .redacted else { return nil }
    let duty = audit.map { _ in RecordDuty(auditFull) }
    let mailbox = try CallMailbox(duty: duty)
    var settings = Observer.Settings(calls: CallLog(stream: stream, level: logger.logLevel, key: key), mailbox: mailbox)
    settings.showsArguments = logArguments == .redacted
    var digest: (@Sendable (Swift.Span<UInt8>) -> [UInt8])?
    if let audit {
      let writer = try openAudit(audit, duty, logger)
      settings.audit = writer
      digest = { writer.digest($0) }
    }
    let recording = Recording(
      duty: duty, keepsArguments: audit != nil || settings.showsArguments, digest: digest, continuesTraces: otlp != nil)
    return PreparedObservation(
      settings: settings, recording: recording, secrets: try shippedPacks(["secrets", "pii"]).searchedPatterns, collector: otlp,
      logger: logger)
  }

  private func openAudit(_ path: String, _ duty: RecordDuty?, _ logger: Logger) throws -> AuditWriter {
    var settings = AuditWriter.Settings()
    settings.fileLimit = auditSize << 20
    do throws(AuditError) {
      return try AuditWriter(
        path, settings, now: { Observer.now }, whenBehind: { duty?.report(writerIsBehind: $0) },
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

/// Everything opened, nothing begun.
struct PreparedObservation {
  let settings: Observer.Settings
  let recording: Recording
  /// What is taken out of what is shown.
  let secrets: (patterns: [FilterPattern], sets: [PatternSetInfo])
  let collector: String?
  let logger: Logger

  var mailbox: CallMailbox { settings.mailbox }

  /// Starts the threads: behind whoever has blocked the signals.
  func begin(transport: String, upstreams: [String: UpstreamPlace] = [:], policy: PolicyStatus = PolicyStatus()) throws -> Observer {
    var settings = settings
    settings.transport = transport
    settings.upstreams = upstreams
    settings.audit?.begin()
    settings.exporter = try collector.map { try exporter($0) }
    let observer: Observer
    do throws(SanitiserError) {
      observer = Observer(settings, redactor: try ArgumentRedactor(patterns: secrets.patterns, sets: secrets.sets), policy: policy)
    } catch {
      throw Complaint("the patterns of secrets cannot be searched for: \(error)", exitCode: .internalError)
    }
    settings.exporter?.begin { observer.families }
    return observer
  }

  private func exporter(_ collector: String) throws -> TelemetryExporter {
    let resource = OTLP.Resource(
      attributes: [
        Attribute("service.name", "sallyport"), Attribute("service.version", Version.current),
        Attribute("service.instance.id", randomBytes(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()),
      ], version: Version.current)
    var settings = TelemetryExporter.Settings(collector: collector, resource: resource)
    settings.authorization = ProcessInfo.processInfo.environment["SALLYPORT_OTLP_AUTHORIZATION"].map { Secret(Array($0.utf8)) }
    do throws(WebAddress.Fault) {
      // Where the operator says it is, private networks among them.
      let everywhere = ["0.0.0.0/0", "::/0"].compactMap { NetworkPrefix($0) }
      return try TelemetryExporter(settings, source: Fetcher(AddressPolicy(allowing: everywhere)), logger: logger)
    } catch {
      throw Complaint("`\(collector)` is no address of a collector: \(error.rawValue)")
    }
  }
}
