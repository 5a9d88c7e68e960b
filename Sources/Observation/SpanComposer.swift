internal import Digests
internal import Enforcement
internal import Messages
internal import Telemetry

/// What a server of the policy is reached by, as the conventions name it.
package struct UpstreamPlace: Sendable {
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }
}

/// Makes spans of records, by the MCP semantic conventions of OpenTelemetry; what they have no word for is under `sallyport.`.
struct SpanComposer {
  /// `tcp` or `pipe`.
  let transport: String
  let upstreams: [String: UpstreamPlace]

  /// The server's span, and the client's to the server behind the gate where the request went there.
  func spans(of record: CallRecord, target: String?, shown arguments: [UInt8]?, identifier: String?) -> [Span] {
    guard let marks = record.span, marks.isSampled, let trace = record.trace, let method = record.method else { return [] }
    let common = self.common(record, method, target)
    let start = UInt64(record.time.unixMilliseconds) * 1_000_000
    func moment(_ reading: UInt64) -> UInt64 { start + (reading &- record.time.nanoseconds) }
    let tool = CallMeters.tool(of: record)
    let name = tool.map { "\(method.name) \($0)" } ?? method.name
    var attributes = common + decision(of: record)
    if let identifier { attributes.append(Attribute("jsonrpc.request.id", identifier)) }
    if let arguments { attributes.append(Attribute("gen_ai.tool.call.arguments", String(decoding: arguments, as: UTF8.self))) }
    let isOurs = record.forwarded == nil || record.code != nil
    var spans = [
      Span(
        trace: trace.words, identifier: marks.own, parent: marks.parent, name: name, kind: .server, start: start,
        end: moment(max(record.finished, record.time.nanoseconds)), attributes: attributes, failure: failure(of: record, isServer: true))
    ]
    guard let forwarded = record.forwarded else { return spans }
    var client = isOurs ? common.filter { $0.name != "error.type" && $0.name != "rpc.response.status_code" } : common
    if let server = record.origin?.server, let place = upstreams[server] {
      client += [Attribute("server.address", place.host), Attribute("server.port", place.port)]
    }
    spans.append(
      Span(
        trace: trace.words, identifier: marks.client, parent: marks.own, name: name, kind: .client, start: moment(forwarded),
        end: moment(max(record.answered ?? record.finished, forwarded)), attributes: client,
        failure: isOurs ? nil : failure(of: record, isServer: false)))
    return spans
  }

  private func common(_ record: CallRecord, _ method: Method, _ target: String?) -> [Attribute] {
    var attributes = [Attribute("mcp.method.name", method.name), Attribute("network.transport", transport)]
    switch method {
    case .toolsCall:
      attributes.append(Attribute("gen_ai.operation.name", "execute_tool"))
      if let target { attributes.append(Attribute("gen_ai.tool.name", bare(target))) }
    case .promptsGet: if let target { attributes.append(Attribute("gen_ai.prompt.name", bare(target))) }
    case .resourcesRead, .subscribe, .unsubscribe: if let target { attributes.append(Attribute("mcp.resource.uri", bare(target))) }
    default: break
    }
    if let revision = record.revision { attributes.append(Attribute("mcp.protocol.version", revision.name)) }
    if let server = record.origin?.server { attributes.append(Attribute("sallyport.server", server)) }
    if let type = CallMeters.errorType(of: record) { attributes.append(Attribute("error.type", type)) }
    if case .error(let code) = record.answer { attributes.append(Attribute("rpc.response.status_code", String(code))) }
    return attributes
  }

  private func decision(of record: CallRecord) -> [Attribute] {
    var attributes = [
      Attribute("sallyport.outcome", record.outcome.rawValue), Attribute("sallyport.bytes.in", record.bytesIn),
      Attribute("sallyport.bytes.out", record.bytesOut),
    ]
    let latency = record.latency(now: record.finished)
    attributes.append(Attribute("sallyport.gate.duration", Double(latency.gate) / 1e9))
    let texts: [(String, String?)] = [
      ("sallyport.agent", record.agent), ("sallyport.rule", record.rule), ("sallyport.denial.code", record.code?.rawValue),
      ("sallyport.policy.fingerprint", record.policy?.hex), ("sallyport.key", record.origin?.key),
      ("sallyport.subject", record.origin?.subject), ("sallyport.approval", record.approval),
    ]
    for (name, text) in texts { if let text { attributes.append(Attribute(name, text)) } }
    if !record.labels.isEmpty { attributes.append(Attribute("sallyport.labels", record.labels)) }
    if !record.shadow.isEmpty { attributes.append(Attribute("sallyport.shadow", record.shadow)) }
    let over = (0..<record.limits.count).map { record.limits[$0] }.filter(\.isOver).map(\.limit)
    if !over.isEmpty { attributes.append(Attribute("sallyport.limits.over", over)) }
    return attributes
  }

  /// Of errors on the server's side the caller's own faults are none (semantic conventions for MCP, "Server").
  private func failure(of record: CallRecord, isServer: Bool) -> String? {
    switch record.answer {
    case .result: return nil
    case .toolError: return record.reason ?? record.code?.rawValue ?? "tool_error"
    case .error(let code):
      if isServer, [-32_700, -32_600, -32_601, -32_602, -32_002].contains(code) { return nil }
      return record.reason ?? record.code?.rawValue ?? String(code)
    }
  }

  /// Without the backticks that mark what a caller chose.
  private func bare(_ target: String) -> String { String(target.drop { $0 == "`" }.prefix { $0 != "`" }) }
}
