internal import Audit
internal import Digests
internal import Enforcement
internal import JSON
internal import Messages

/// What the audit log says of one request: everything the log says but values, with digests of arguments in their place.
enum AuditEvent {
  /// - Parameter digest: of the JSON of an argument's value.
  static func text(_ record: CallRecord, target: String?, digest: (Span<UInt8>) -> [UInt8]) -> [UInt8] {
    var object = CanonicalObject()
    object.add("agent", record.agent)
    object.add("approval", record.approval)
    if record.arguments.count > 0 { object.add("arguments", json: arguments(record.arguments, digest)) }
    object.add("bytesIn", Int64(record.bytesIn))
    object.add("bytesOut", Int64(record.bytesOut))
    object.add("code", record.code?.rawValue)
    if case .error(let code) = record.answer { object.add("error", code) }
    if !record.findings.isEmpty { object.add("findings", json: findings(record.findings)) }
    object.add("key", record.origin?.key)
    object.add("labels", record.labels)
    if record.limits.count > 0 { object.add("limits", json: limits(record.limits)) }
    object.add("method", record.method?.name)
    object.add("outcome", record.outcome.rawValue)
    object.add("outputMismatch", record.outputMismatch)
    object.add("patterns", record.patterns)
    object.add("policy", record.policy?.hex)
    object.add("reason", record.reason)
    object.add("revision", record.revision?.name)
    object.add("rule", record.rule)
    object.add("sender", record.sender.rawValue)
    object.add("server", record.origin?.server)
    object.add("shadow", record.shadow)
    object.add("subject", record.origin?.subject)
    object.add("target", target)
    if record.answer == .toolError { object.add("toolError", true) }
    object.add("trace", record.trace?.description)
    return object.finished()
  }

  /// Names are the caller's, so their order is made here.
  private static func arguments(_ arguments: RecordedArguments, _ digest: (Span<UInt8>) -> [UInt8]) -> [UInt8] {
    var entries: [Value] = []
    for index in arguments.indices {
      let name = arguments.name(index)
      var text: [UInt8] = []
      for place in name.indices { text.append(name[place]) }
      let value = arguments.value(index)
      let code = value.isEmpty ? arguments.digest(index) ?? [] : digest(value)
      var members = [Value.Member("bytes", .number(Number(arguments.size(index))))]
      if !code.isEmpty { members.append(Value.Member("digest", .string(hexadecimal(code)))) }
      members.append(Value.Member("name", .string(shortened(String(decoding: text, as: UTF8.self)))))
      entries.append(.object(members))
    }
    if arguments.count > entries.count { entries.append(["more": .number(Number(arguments.count - entries.count))]) }
    return write(.array(entries), .canonical)
  }

  private static func shortened(_ name: String) -> String { name.utf8.count <= 256 ? name : name.prefix(64) + "…" }

  private static func findings(_ findings: [CallRecord.Finding]) -> [UInt8] {
    let entries = findings.prefix(8).map { finding -> Value in
      var members = [Value.Member("count", .number(Number(finding.count))), Value.Member("filter", .string(finding.filter))]
      if let pattern = finding.pattern { members.append(Value.Member("pattern", .string(pattern))) }
      if finding.isUndecided { members.append(Value.Member("undecided", .boolean(true))) }
      return .object(members)
    }
    return write(.array(entries), .canonical)
  }

  private static func limits(_ limits: LimitStates) -> [UInt8] {
    let entries = (0..<limits.count).map { index -> Value in
      let state = limits[index]
      var members = [
        Value.Member("left", .number(state.left)), Value.Member("limit", .string(state.limit)), Value.Member("takes", .number(state.takes)),
      ]
      if state.isOver { members.append(Value.Member("over", .boolean(true))) }
      if state.isShadow { members.append(Value.Member("shadow", .boolean(true))) }
      return .object(members)
    }
    return write(.array(entries), .canonical)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
