internal import Enforcement
internal import JSON
internal import Messages
internal import Telemetry

/// What is counted of requests. Belongs to one thread; nobody who serves ever looks a counter up.
struct CallMeters {
  /// The one tool name of all that the policy does not know: whoever calls chooses those.
  static let other = MetricFamily.other

  private var operations = MetricFamily(
    "mcp.server.operation.duration", unit: "s", "Requests from the message to its answer, as the gate's clients see them.",
    labels: ["mcp.method.name", "gen_ai.tool.name", "error.type"], kind: .histogram(Histogram.operations))
  private var upstream = MetricFamily(
    "mcp.client.operation.duration", unit: "s", "Requests that went to a server, from there to its answer.",
    labels: ["mcp.method.name", "gen_ai.tool.name", "sallyport.server"], kind: .histogram(Histogram.operations))
  private var gate = MetricFamily(
    "sallyport.gate.duration", unit: "s", "What the gate itself took of a request, waiting for the server's tool list included.",
    labels: [], kind: .histogram(Histogram.gate))
  private var calls = MetricFamily(
    "sallyport.requests", "Requests and dropped messages by what became of them.", labels: ["server", "sender", "outcome"], kind: .counter)
  private var denials = MetricFamily(
    "sallyport.denials", "Requests that the gate answered with a denial.", labels: ["code", "rule"], kind: .counter)
  private var shadows = MetricFamily(
    "sallyport.shadow.hits", "Shadow rules, limits and filters that would have fired.", labels: ["rule"], kind: .counter)
  private var findings = MetricFamily(
    "sallyport.filter.findings", "What filters found in what servers sent.", labels: ["filter"], kind: .counter)
  private var bytes = MetricFamily(
    "sallyport.messages", unit: "By", "Bytes of requests and of their answers.", labels: ["direction"], kind: .counter)
  private var limits = MetricFamily(
    "sallyport.limit.refusals", "Requests for which a limit had not enough left.", labels: ["limit"], kind: .counter)
  private var left = MetricFamily(
    "sallyport.limit.left", "What a limit had left after the last request that met it, in the limit's own unit.", labels: ["limit"],
    kind: .gauge)

  var families: [MetricFamily] { [operations, upstream, gate, calls, denials, shadows, findings, bytes, limits, left] }

  mutating func take(_ record: CallRecord) {
    calls.add(1, [record.origin?.server ?? "", record.sender.rawValue, record.outcome.rawValue])
    bytes.add(Double(record.bytesIn), ["in"])
    bytes.add(Double(record.bytesOut), ["out"])
    if let code = record.code { denials.add(1, [code.rawValue, record.rule ?? ""]) }
    for rule in record.shadow { shadows.add(1, [rule]) }
    for finding in record.findings { findings.add(Double(finding.count), [finding.filter]) }
    for index in 0..<record.limits.count {
      let state = record.limits[index]
      if state.isOver { limits.add(1, [state.limit]) }
      if let number = Double(state.left.description) { left.set(number, [state.limit]) }
    }
    // What nobody waited for has no duration that means anything; a person's answer is not the gate's time.
    guard record.sender == .client, record.identifier != nil, record.outcome != .dropped, record.outcome != .asked else { return }
    let latency = record.latency(now: record.finished)
    let method = record.method?.name ?? CallMeters.other
    let tool = CallMeters.tool(of: record) ?? ""
    operations.record(record.finished &- record.time.nanoseconds, [method, tool, CallMeters.errorType(of: record) ?? ""])
    if record.answered != nil { upstream.record(latency.upstream, [method, tool, record.origin?.server ?? ""]) }
    gate.record(latency.gate)
  }

  /// Nil for what calls no tool. Names that the policy does not know stand in backticks.
  static func tool(of record: CallRecord) -> String? {
    guard record.method == .toolsCall else { return nil }
    guard let target = record.target, !target.utf8.contains(UInt8(ascii: "`")) else { return other }
    return target
  }

  /// As the conventions have it: the code of the error, or `tool_error`; nil: none.
  static func errorType(of record: CallRecord) -> String? {
    switch record.answer {
    case .result: record.outcome == .cancelled ? "cancelled" : nil
    case .toolError: "tool_error"
    case .error(let code): String(code)
    }
  }
}
