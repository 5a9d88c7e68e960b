package import Audit
internal import Enforcement
internal import Foundation
package import Gateway
internal import Messages
internal import Synchronization
package import Telemetry

/// Makes of finished records what operators look at: log lines, counters, the audit log, spans. One thread of its own; whoever serves pays
/// for an append to the mailbox.
package final class Observer: Sendable {
  package struct Settings: Sendable {
    /// Where log lines go.
    package let calls: CallLog
    package let mailbox: CallMailbox
    package var audit: AuditWriter?
    package var exporter: TelemetryExporter?
    /// Whether arguments are shown, redacted, in log lines and spans.
    package var showsArguments = false
    /// `tcp` or `pipe`: how clients reach us.
    package var transport = "tcp"
    package var upstreams: [String: UpstreamPlace] = [:]

    package init(calls: CallLog, mailbox: CallMailbox) {
      self.calls = calls
      self.mailbox = mailbox
    }
  }

  private struct State: Sendable {
    var meters = CallMeters()
    var activity = Activity()
    var lost = 0
  }

  /// A pause in which records gather, in microseconds: what comes in it costs no wake-up.
  private static let pause: UInt32 = 10_000
  private static let patience: Int32 = 500

  private let settings: Settings
  package let policy: PolicyStatus
  private let redactor: Mutex<ArgumentRedactor>
  private let state = Mutex(State())
  private let composer: SpanComposer
  private let end = DispatchSemaphore(value: 0)
  private let start = Observer.now

  /// Begins at once.
  package init(_ settings: Settings, redactor: consuming sending ArgumentRedactor, policy: PolicyStatus) {
    self.settings = settings
    self.policy = policy
    self.redactor = Mutex(redactor)
    composer = SpanComposer(transport: settings.transport, upstreams: settings.upstreams)
    Thread.detachNewThread { [self] in run() }
  }

  /// Milliseconds since 1970.
  package static var now: Int64 { Int64(Date.now.timeIntervalSince1970 * 1_000) }

  /// Takes what is left, and ends the audit log and the export in order.
  ///
  /// - Returns: whether everything is on the disk that should be.
  package func finish() -> Bool {
    settings.mailbox.close()
    _ = end.wait(timeout: .now() + 5)
    settings.exporter?.finish()
    return settings.audit?.close() ?? true
  }

  // MARK: For those who look

  package var mailbox: CallMailbox { settings.mailbox }
  package var activity: Activity { state.withLock { $0.activity } }
  package var auditStatus: AuditWriter.Status? { settings.audit?.status }

  /// Everything that is counted, as it is now.
  package var families: [MetricFamily] {
    let (meters, lost) = state.withLock { ($0.meters, $0.lost) }
    return meters.families + ProcessMeters.families(start: start) + policyFamilies + auditFamilies(lost)
      + (settings.exporter?.families ?? [])
  }

  private var policyFamilies: [MetricFamily] {
    let current = policy.current
    var info = MetricFamily("sallyport.policy.info", "The policy in force, by its fingerprint.", labels: ["fingerprint"], kind: .gauge)
    info.set(1, [current.fingerprint])
    var since = MetricFamily("sallyport.policy.since.timestamp", unit: "s", "When the policy in force came into force.", kind: .gauge)
    since.set(Double(current.since) / 1_000)
    var reloads = MetricFamily("sallyport.policy.reloads", "Attempts to put a policy into force.", labels: ["result"], kind: .counter)
    reloads.add(Double(current.accepted), ["accepted"])
    reloads.add(Double(current.refused), ["refused"])
    var stale = MetricFamily(
      "sallyport.policy.stale", "1: the last policy was refused, and the one before it is in force.", kind: .gauge)
    stale.set(current.isStale ? 1 : 0)
    return [info, since, reloads, stale]
  }

  private func auditFamilies(_ lost: Int) -> [MetricFamily] {
    var missed = MetricFamily(
      "sallyport.records.lost", "Records of requests that were lost before anything was made of them.", kind: .counter)
    missed.add(Double(lost))
    guard let status = settings.audit?.status else { return [missed] }
    var records = MetricFamily("sallyport.audit.records", "Records in the audit log.", labels: ["result"], kind: .counter)
    records.add(Double(status.lines), ["written"])
    records.add(Double(status.lost), ["lost"])
    var failing = MetricFamily("sallyport.audit.failing", "1: the audit log cannot be written.", kind: .gauge)
    failing.set(status.failure == nil ? 0 : 1)
    var waiting = MetricFamily("sallyport.audit.waiting", unit: "By", "Bytes of records that are not on the disk yet.", kind: .gauge)
    waiting.set(Double(status.waitingBytes))
    return [missed, records, failing, waiting]
  }

  // MARK: The thread

  private func run() {
    var delivery = CallMailbox.Delivery()
    while settings.mailbox.take(into: &delivery, within: Observer.patience) {
      if delivery.lost > 0 {
        settings.audit?.noteLost(delivery.lost)
        state.withLock { $0.lost += delivery.lost }
      }
      redactor.withLock { redactor in
        for record in delivery.records { observe(record, &redactor) }
      }
      settings.calls.flush()
      settings.audit?.lookForStall()
      if delivery.records.count < CallMailbox.capacity / 8 { usleep(Observer.pause) }
    }
    end.signal()
  }

  private func observe(_ record: CallRecord, _ redactor: inout ArgumentRedactor) {
    var record = record
    // Names that the policy knows hold nothing of a caller's.
    if let target = record.target, target.utf8.contains(UInt8(ascii: "`")) { record.target = redactor.text(target) }
    // Sentences of ours repeat such names.
    if let reason = record.reason, reason.utf8.contains(UInt8(ascii: "`")) { record.reason = redactor.text(reason) }
    let identifier = shown(&record.identifier, &redactor)
    let shown = settings.showsArguments && record.arguments.count > 0 ? redactor.shown(record.arguments) : nil
    settings.calls.writeLine(record, arguments: shown)
    state.withLock { state in
      state.meters.take(record)
      state.activity.take(record, target: record.target)
    }
    if let audit = settings.audit {
      audit.append(AuditEvent.text(record, target: record.target) { audit.digest($0) }, at: record.time.unixMilliseconds)
    }
    if let exporter = settings.exporter {
      let spans = composer.spans(of: record, target: record.target, shown: shown, identifier: identifier)
      if !spans.isEmpty { exporter.append(spans) }
    }
  }

  /// A text that the caller chose as its id may be anything; one that is not what it was is written nowhere.
  private func shown(_ identifier: inout Identifier?, _ redactor: inout ArgumentRedactor) -> String? {
    switch identifier {
    case .number(let number): return String(number)
    case .text(let text):
      let plain = String(decoding: text.decoded, as: UTF8.self)
      let clean = redactor.text(plain)
      if clean.utf8.elementsEqual(plain.utf8) { return plain }
      identifier = nil
      return nil
    case nil: return nil
    }
  }
}
