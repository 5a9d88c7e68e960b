package import Credentials
package import Fetching
internal import Foundation
package import Logging
internal import Synchronization
package import Telemetry

/// Sends spans and metrics to a collector by OTLP over HTTP, on a thread of its own.
///
/// Nothing waits for it: spans that do not fit its queue are dropped and counted. What a collector does not take for now is sent again,
/// later and later; what it refuses for good is dropped.
package final class TelemetryExporter: Sendable {
  package struct Settings: Sendable {
    /// Without `/v1/traces`.
    package let collector: String
    package var authorization: Secret?
    package var resource: OTLP.Resource
    /// Between two looks at what waits, in milliseconds.
    package var interval = 1_000
    /// Looks between two exports of metrics.
    package var metricsEvery = 15
    package var capacity = 8_192
    package var batch = 512

    package init(collector: String, resource: OTLP.Resource) {
      self.collector = collector
      self.resource = resource
    }
  }

  private struct State {
    var queue: SpanQueue
    var exported: UInt64 = 0
    var failures: UInt64 = 0
    var isClosed = false
  }

  private static let longestWait = 60_000

  private let settings: Settings
  private let traces: WebAddress
  private let metrics: WebAddress
  private let source: any DocumentSource
  private let logger: Logger
  private let state: Mutex<State>
  private let measure = Mutex<(@Sendable () -> [MetricFamily])?>(nil)
  private let signal = DispatchSemaphore(value: 0)
  private let end = DispatchSemaphore(value: 0)
  private let start = UInt64(Date.now.timeIntervalSince1970 * 1e9)

  package init(_ settings: Settings, source: any DocumentSource, logger: Logger) throws(WebAddress.Fault) {
    self.settings = settings
    self.source = source
    self.logger = logger
    let base = settings.collector.hasSuffix("/") ? String(settings.collector.dropLast()) : settings.collector
    traces = try WebAddress(base + "/v1/traces")
    metrics = try WebAddress(base + "/v1/metrics")
    state = Mutex(State(queue: SpanQueue(capacity: settings.capacity)))
  }

  /// - Parameter measure: what metrics are exported, asked each time.
  package func begin(_ measure: @escaping @Sendable () -> [MetricFamily]) {
    self.measure.withLock { $0 = measure }
    Thread.detachNewThread { [self] in run() }
  }

  package func append(_ spans: [Span]) {
    let isMuch = state.withLock { state in
      for span in spans { state.queue.append(span) }
      return state.queue.count >= settings.batch
    }
    if isMuch { signal.signal() }
  }

  /// Sends what waits once more, if the collector takes it at once.
  package func finish() {
    state.withLock { $0.isClosed = true }
    signal.signal()
    _ = end.wait(timeout: .now() + 3)
  }

  var families: [MetricFamily] {
    let (exported, dropped, failures) = state.withLock { ($0.exported, $0.queue.dropped, $0.failures) }
    var spans = MetricFamily("sallyport.otlp.spans", "Spans for the collector.", labels: ["result"], kind: .counter)
    spans.add(Double(exported), ["exported"])
    spans.add(Double(dropped), ["dropped"])
    var failed = MetricFamily("sallyport.otlp.failures", "Requests that the collector did not take.", kind: .counter)
    failed.add(Double(failures))
    return [spans, failed]
  }

  // MARK: The thread

  private func run() {
    var looks = 0
    var wait = settings.interval
    while true {
      _ = signal.wait(timeout: .now() + .milliseconds(wait))
      let isClosed = state.withLock { $0.isClosed }
      var isTaken = true
      repeat { isTaken = sendSpans() } while isTaken && state.withLock({ $0.queue.count >= settings.batch })
      if isTaken, isClosed, state.withLock({ $0.queue.count > 0 }) { isTaken = sendSpans() }
      looks += 1
      if isTaken, looks % settings.metricsEvery == 0 || isClosed { isTaken = sendMetrics() }
      if isClosed { break }
      wait = isTaken ? settings.interval : min(wait * 2, TelemetryExporter.longestWait)
    }
    end.signal()
  }

  /// - Returns: false when the collector is to be left alone for a while.
  private func sendSpans() -> Bool {
    let batch = state.withLock { $0.queue.take(settings.batch) }
    guard !batch.isEmpty else { return true }
    switch post(OTLP.traces(batch, settings.resource), to: traces) {
    case .taken: state.withLock { $0.exported += UInt64(batch.count) }
    case .refused: state.withLock { $0.queue.noteDropped(batch.count) }
    case .later:
      state.withLock { $0.queue.giveBack(batch) }
      return false
    }
    return true
  }

  private func sendMetrics() -> Bool {
    guard let families = measure.withLock({ $0 })?() else { return true }
    let now = UInt64(Date.now.timeIntervalSince1970 * 1e9)
    return post(OTLP.metrics(families, settings.resource, start: start, now: now), to: metrics) != .later
  }

  private enum Outcome { case taken, refused, later }

  private func post(_ body: [UInt8], to address: WebAddress) -> Outcome {
    let request = FetchRequest(
      address, document: Secret(body), contentType: "application/x-protobuf", authorization: settings.authorization, deadline: 5_000)
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<FetchedDocument, FetchFault>>(.failure(.tooSlow))
    source.fetch(request) { outcome in
      result.withLock { $0 = outcome }
      done.signal()
    }
    _ = done.wait(timeout: .now() + 10)
    switch result.withLock({ $0 }) {
    case .success: return .taken
    case .failure(let fault):
      let isFirst = state.withLock { state in
        state.failures += 1
        return state.failures == 1
      }
      if isFirst { logger.warning("the collector took no telemetry", metadata: ["collector": "\(address)", "reason": "\(fault)"]) }
      // OTLP/HTTP, "Failures": these may pass, everything else will not.
      if case .status(let status) = fault, ![429, 502, 503, 504].contains(status) { return .refused }
      return .later
    }
  }
}
