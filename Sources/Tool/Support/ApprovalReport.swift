import Approvals
import JSON

/// Approvals for people and programs.
struct ApprovalReport {
  private let approvals: [Approval]
  /// Milliseconds since 1970.
  private let now: Int64

  init(_ approvals: [Approval], now: Int64) {
    self.approvals = approvals
    self.now = now
  }

  /// A few lines each: who decides has to see what the call does.
  var human: String {
    guard !approvals.isEmpty else { return "nothing is waiting\n" }
    return approvals.map { approval in
      let request = approval.request
      var lines = ["\(approval.identifier)  \(status(of: approval))", "  \(request.target) for \(request.caller)"]
      lines.append("  arguments  \(safe(request.arguments))")
      lines.append("  from       \(safe(request.group)), by \(request.rules.joined(separator: ", "))")
      if let reason = request.reason { lines.append("  because    \(safe(reason))") }
      return lines.map { $0 + "\n" }.joined()
    }.joined(separator: "\n")
  }

  var json: Value { .array(approvals.map { ApprovalReport.value($0, now: now) }) }

  static func value(_ approval: Approval, now: Int64) -> Value {
    let request = approval.request
    return [
      "id": .string(approval.identifier), "state": .string("\(approval.state(at: now))"), "target": .string(request.target),
      "caller": .string(request.caller), "arguments": .string(request.arguments), "group": .string(request.group),
      "rules": .array(request.rules.map(Value.string)), "reason": request.reason.map(Value.string) ?? .null,
      "asked": .string(written(approval.asked)), "deadline": .string(written(approval.deadline)),
      "decision": approval.outcome.map { .string($0.decision.rawValue) } ?? .null,
      "decidedBy": approval.outcome.map { .string($0.by) } ?? .null,
      "decided": approval.outcome.map { .string(written($0.moment)) } ?? .null, "used": approval.used.map { .string(written($0)) } ?? .null,
    ]
  }

  private func status(of approval: Approval) -> String {
    let by = approval.outcome.map { " by \(safe($0.by))" } ?? ""
    return switch approval.state(at: now) {
    case .pending: "waiting until \(written(approval.deadline))"
    case .approved: "approved\(by), to be used until \(written(approval.deadline))"
    case .denied: "denied\(by)"
    case .used: "approved\(by) and used"
    case .expired: approval.outcome == nil ? "nobody decided in time" : "approved\(by) and not used in time"
    }
  }

  /// What an agent wrote must not be able to rewrite the terminal of the person who decides.
  private func safe(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { out, scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: out += "\\u{\(String(scalar.value, radix: 16))}"
      default: out.unicodeScalars.append(scalar)
      }
    }
  }
}
