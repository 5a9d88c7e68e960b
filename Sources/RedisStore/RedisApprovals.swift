package import Approvals
package import Digests
package import Enforcement
internal import JSON

/// Approvals in a server that several gateways share. What becomes of one is decided by `Approval`, as in every store; the server writes it down if
/// nobody has written since it was read, and otherwise it is read again.
///
/// What must stay true: without an answer nothing is approved. A change without an answer may have been made all the same: then an approval is used
/// up by a call that was refused, never the other way round.
package final class RedisApprovals: ApprovalStore {
  private let client: RedisClient
  private let prefix: String
  /// How often something is read again because others have written: people decide some times a minute.
  private static let attempts = 100

  private static let readScript = RedisScript(StateScript.readApprovals)
  private static let writeScript = RedisScript(StateScript.writeApprovals)

  package init(_ client: RedisClient, prefix: String = "sallyport") {
    self.client = client
    self.prefix = prefix
  }

  package func file(_ request: ApprovalRequest, at moment: Int64) throws(ApprovalFault) -> FiledApproval {
    try changing { () throws(ApprovalFault) in
      let kept = try read(subject: request.subject, at: moment)
      if let open = kept.approvals.open(request.subject, request.group, at: moment) { return FiledApproval(open, isNew: false) }
      guard kept.pending < ApprovalLimits.pending else { throw .tooMany }
      let approval = Approval(request, identifier: Approval.newIdentifier(), asked: moment)
      let line = Line(Act(actor: request.caller, moment: moment), "approval.ask", "\(request.target), of \(request.group)")
      return try write([approval], [line], after: kept, at: moment) ? FiledApproval(approval, isNew: true) : nil
    }
  }

  package func approvals() throws(ApprovalFault) -> [Approval] { try read(at: 0).approvals }

  package func decide(
    _ identifier: String, _ decision: Approval.Decision, by person: String, at moment: Int64
  ) throws(ApprovalFault) -> Approval {
    try changing { () throws(ApprovalFault) in
      let kept = try read(identifier: identifier, at: moment)
      guard var approval = kept.approvals.first else { throw .unknown }
      try approval.decide(decision, by: person, at: moment)
      let line = Line(Act(actor: person, moment: moment), "approval.\(decision.rawValue)", nil)
      return try write([approval], [line], after: kept, at: moment) ? approval : nil
    }
  }

  package func use(_ subject: Digest, groups: [String], at moment: Int64) throws(ApprovalFault) -> [Approval]? {
    guard !groups.isEmpty else { return nil }
    let used: [Approval] = try changing { () throws(ApprovalFault) in
      let kept = try read(subject: subject, at: moment)
      let approved = kept.approvals.filter { $0.state(at: moment) == .approved }
      var used = groups.compactMap { group in approved.first { $0.request.group == group } }
      guard used.count == groups.count else { return [] }
      for index in used.indices { try used[index].use(at: moment) }
      let lines = used.map { Line(Act(actor: $0.request.caller, moment: moment), "approval.use", nil) }
      return try write(used, lines, after: kept, at: moment) ? used : nil
    }
    return used.isEmpty ? nil : used
  }

  package func audit() throws -> [AuditLine] { try RedisAudit.lines(client, prefix) }

  /// What all gateways seal with that share this server, so that a question of one can be answered at another. Made when there is none.
  ///
  /// - Returns: nil without an answer.
  package func sealSecret() -> [UInt8]? {
    let key = Array("\(prefix):{state}:seal".utf8)
    do throws(RedisFault) {
      _ = try client.command([Array("SET".utf8), key, Array(sha256(randomBytes(32)).hex.utf8), Array("NX".utf8)])
      guard case .text(let secret) = try client.command([Array("GET".utf8), key]), secret.count == 64 else { return nil }
      return secret
    } catch {
      return nil
    }
  }

  // MARK: What the scripts are told

  private struct Line {
    let act: Act
    let name: String
    let details: String?

    init(_ act: Act, _ name: String, _ details: String?) {
      self.act = act
      self.name = name
      self.details = details
    }
  }

  private struct Kept {
    let version: String
    let pending: Int
    /// The oldest first.
    let approvals: [Approval]
  }

  /// - Parameter body: nil when others have written meanwhile.
  private func changing<Value>(_ body: () throws(ApprovalFault) -> Value?) throws(ApprovalFault) -> Value {
    for _ in 0..<Self.attempts { if let value = try body() { return value } }
    throw .unavailable("too many others write to the shared store")
  }

  private func read(subject: Digest? = nil, identifier: String = "", at moment: Int64) throws(ApprovalFault) -> Kept {
    let keys = names(["version", "records", "deadlines", "pending", "subject:\(subject?.hex ?? "")"])
    let reply = try run(Self.readScript, keys, ["\(moment)", identifier, subject == nil ? "" : "one"])
    guard case .list(let list) = reply, list.count >= 2, let version = list[0].string, case .number(let pending) = list[1] else {
      throw .unavailable(RedisFault(reply).description)
    }
    var approvals: [ApprovalRecord] = []
    for element in list.dropFirst(2) {
      guard let text = element.string, let record = ApprovalRecord(text) else { throw .unavailable("an approval cannot be read") }
      approvals.append(record)
    }
    approvals.sort { ($0.approval.asked, $0.number) < ($1.approval.asked, $1.number) }
    return Kept(version: version, pending: Int(pending), approvals: approvals.map(\.approval))
  }

  private func write(_ approvals: [Approval], _ lines: [Line], after kept: Kept, at moment: Int64) throws(ApprovalFault) -> Bool {
    let (gone, isEarlier) = moment.subtractingReportingOverflow(ApprovalLimits.kept)
    var words = [kept.version, "\(isEarlier ? .min : gone)", "\(prefix):{state}:subject:"]
    for (approval, line) in zip(approvals, lines) {
      let record = ApprovalRecord(approval: approval, number: Int(kept.version) ?? 0)
      words += [
        approval.identifier, approval.request.subject.hex, record.text, "\(approval.deadline)", approval.outcome == nil ? "1" : "0",
        "\(line.act.moment)", line.act.actor, line.name, approval.identifier, line.details ?? "",
      ]
    }
    let reply = try run(Self.writeScript, names(["version", "records", "deadlines", "pending"]) + [RedisAudit.key(prefix)], words)
    guard case .number(let count) = reply else { throw .unavailable(RedisFault(reply).description) }
    return count == 1
  }

  private func run(_ script: RedisScript, _ keys: [[UInt8]], _ words: [String]) throws(ApprovalFault) -> RedisReply {
    do throws(RedisFault) {
      return try client.run(script, keys: keys, words.map { Array($0.utf8) })
    } catch {
      throw .unavailable("the shared store does not answer: \(error)")
    }
  }

  private func names(_ names: [String]) -> [[UInt8]] { names.map { Array("\(prefix):{state}:\($0)".utf8) } }
}

/// An approval as the server keeps it: the subject's digits, by which it is found, and JSON.
private struct ApprovalRecord {
  let approval: Approval
  /// The version after which it was written: of one moment, the lower was asked first.
  let number: Int

  init(approval: Approval, number: Int) {
    self.approval = approval
    self.number = number
  }

  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count > 64, let subject = Digest(hex: String(decoding: bytes.prefix(64), as: UTF8.self)),
      let value = try? Value(parsing: Array(bytes.dropFirst(64))), let identifier = value["id"]?.string, let group = value["group"]?.string,
      let rules = value["rules"]?.elements, let caller = value["caller"]?.string, let target = value["target"]?.string,
      let arguments = value["arguments"]?.string, let within = value["within"]?.number?.integer,
      let asked = value["asked"]?.number?.integer,
      let number = value["number"]?.number?.integer
    else { return nil }
    let request = ApprovalRequest(
      subject: subject, group: group, rules: rules.compactMap(\.string), reason: value["reason"]?.string, caller: caller, target: target,
      arguments: arguments, within: Int64(within))
    var outcome: Approval.Outcome?
    if let word = value["decision"]?.string {
      guard let decision = Approval.Decision(rawValue: word), let person = value["by"]?.string,
        let moment = value["decided"]?.number?.integer
      else { return nil }
      outcome = Approval.Outcome(decision: decision, by: person, moment: Int64(moment))
    }
    let used = value["used"]?.number?.integer.map { Int64($0) }
    self.init(
      approval: Approval(request, identifier: identifier, asked: Int64(asked), outcome: outcome, used: used), number: number)
  }

  var text: String {
    let request = approval.request
    let value: Value = [
      "id": .string(approval.identifier), "group": .string(request.group), "rules": .array(request.rules.map(Value.string)),
      "reason": request.reason.map(Value.string) ?? .null, "caller": .string(request.caller), "target": .string(request.target),
      "arguments": .string(request.arguments), "within": .number(Number(request.within)), "asked": .number(Number(approval.asked)),
      "number": .number(Number(number)), "decision": approval.outcome.map { .string($0.decision.rawValue) } ?? .null,
      "by": approval.outcome.map { .string($0.by) } ?? .null,
      "decided": approval.outcome.map { .number(Number($0.moment)) } ?? .null, "used": approval.used.map { .number(Number($0)) } ?? .null,
    ]
    return request.subject.hex + String(decoding: JSON.write(value), as: UTF8.self)
  }
}
