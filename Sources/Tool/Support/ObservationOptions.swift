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

/// The options of the gates on what is written down of requests.
struct ObservationOptions: ParsableArguments {
  @OptionGroup var log: LogOptions
  @OptionGroup var audit: AuditOptions
  @OptionGroup var telemetry: TelemetryOptions

  /// Opens what is to be written. Starts no thread.
  ///
  /// - Parameter isAlwaysWanted: somebody looks at what is counted, whatever else is asked for.
  /// - Returns: nil when nothing but the log is asked for.
  func prepare(isAlwaysWanted: Bool = false, logger: Logger, stream: LogStream, key: String? = nil) throws -> PreparedObservation? {
    guard isAlwaysWanted || audit.file != nil || telemetry.otlp != nil || log.showsArguments else { return nil }
    let duty = audit.duty
    let mailbox = try CallMailbox(duty: duty)
    var settings = Observer.Settings(calls: CallLog(stream: stream, level: logger.logLevel, key: key), mailbox: mailbox)
    settings.showsArguments = log.showsArguments
    var digest: (@Sendable (Swift.Span<UInt8>) -> [UInt8])?
    if let writer = try audit.open(duty, logger) {
      settings.audit = writer
      digest = { writer.digest($0) }
    }
    let recording = Recording(
      duty: duty, keepsArguments: settings.audit != nil || settings.showsArguments, digest: digest, continuesTraces: telemetry.otlp != nil)
    return PreparedObservation(
      settings: settings, recording: recording, secrets: try shippedPacks(["secrets", "pii"]).searchedPatterns, collector: telemetry.otlp,
      logger: logger)
  }
}

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
