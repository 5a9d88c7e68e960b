internal import Approvals
package import Bytecode
package import Decision
internal import Digests
internal import JSON

/// Approvals without a session, for tests: calls one after another, and what people say to them.
package struct ApprovalGauge {
  package enum Reading: Sendable {
    /// It waits for a person.
    case asked
    /// People have agreed, and it goes.
    case approved
    case denied
  }

  private let store = ApprovalsInMemory()
  /// What the last call waits for.
  private var waiting: [Approval] = []

  package init() {}

  /// - Parameters:
  ///   - trace: of a call that rules ask about.
  ///   - target: the call in words: `bank.transfer`.
  package mutating func ask(
    _ call: Call, _ target: String, _ trace: Trace, _ program: Program, by principal: Principal, at now: Moment
  ) -> Reading {
    waiting = []
    var asked = Asked()
    for number in trace.rules.filter(\.applies).map(\.rule) {
      let rule = program.rule(number)
      guard case .ask(let group, let within) = rule.kind, !rule.isShadow else { continue }
      asked.add(rule: rule.name, of: group, reason: rule.because, within: within, isConfidential: rule.isConfidential)
    }
    let subject = ApprovalGauge.subject(call, target, principal)
    if let used = try? store.use(subject, groups: asked.names, at: now.milliseconds), !used.isEmpty { return .approved }
    for group in asked.groups {
      let request = ApprovalRequest(
        subject: subject, group: group.name, rules: group.rules, reason: group.reason, caller: "", target: target, arguments: "",
        within: group.within)
      if let filed = try? store.file(request, at: now.milliseconds) { waiting.append(filed.approval) }
    }
    return waiting.contains { $0.state(at: now.milliseconds) == .denied } ? .denied : .asked
  }

  /// - Parameter group: nil: everybody who was asked.
  /// - Returns: why nothing comes of it, or nil.
  package mutating func decide(approves: Bool, group: String?, at now: Moment) -> String? {
    let meant = waiting.filter { approval in group.map { $0.utf8.elementsEqual(approval.request.group.utf8) } ?? true }
    if meant.isEmpty { return waiting.isEmpty ? "nobody was asked" : "another group was asked: \(waiting.map(\.request.group))" }
    for approval in meant {
      do throws(ApprovalFault) {
        _ = try store.decide(approval.identifier, approves ? .approve : .deny, by: "", at: now.milliseconds)
      } catch {
        return error == .tooLate ? "it is too late: nobody can decide any more" : "it was decided before"
      }
    }
    return nil
  }

  private static func subject(_ call: Call, _ target: String, _ principal: Principal) -> Digest {
    var bytes = CallerDigest.of(principal.identity).bytes
    bytes.append(part: Array(target.utf8))
    switch call {
    case .tool(_, let document, let arguments?), .prompt(_, let document, let arguments?): bytes += canonicalBytes(of: document, arguments)
    case .tool, .prompt, .resource: break
    }
    return sha256(bytes)
  }
}
