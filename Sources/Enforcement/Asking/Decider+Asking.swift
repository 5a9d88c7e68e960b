internal import Approvals
internal import Bytecode
internal import Decision
internal import Digests
internal import JSON
internal import Messages

// What approvals are about, and what callers are told of them.
extension Decider {
  /// What an approval of a request is bound to.
  func subject(of request: Request) -> Digest {
    let key = RepeatTable.key(request.document, method: request.method.name, parameters: request.parameters)
    let server = Array(server.map { program.servers[Int($0.index)].name }.map(\.utf8) ?? "".utf8)
    // The rest has a known length, so the server's name can say where it ends.
    return sha256(Array("approval".utf8) + caller.bytes + key.bytes + server)
  }

  func request(for subject: Digest, _ group: Asked.Group, _ asked: Asked, _ call: Call, _ target: String) -> ApprovalRequest {
    let server = server.map { program.servers[Int($0.index)].name } ?? ""
    return ApprovalRequest(
      subject: subject, group: group.name, rules: group.rules, reason: group.reason, caller: agentName ?? "a caller without a name",
      target: "\(server).\(target)", arguments: ShownArguments.text(of: call, filters), within: group.within)
  }

  /// The person at the client, for the audit.
  var personAtClient: String { "client of \(agentName ?? "a caller without a name")" }

  // MARK: Sentences

  private func refusal(_ message: String, _ asked: Asked, code: DenialCode = .approvalRequired) -> Refusal {
    var refusal = Refusal(code, message)
    refusal.rule = asked.rule
    refusal.isConfidential = asked.isConfidential
    refusal.because = asked.reason
    return refusal
  }

  private func approvers(_ asked: Asked) -> String {
    asked.isConfidential ? "someone" : asked.names.map { "`\($0)`" }.joined(separator: " and ")
  }

  /// Approvals are not kept here at all.
  func refusal(of call: Call, _ asked: Asked) -> Refusal {
    refusal("This use of \(subject(call)) needs the approval of \(approvers(asked)) first; it was not carried out.", asked)
  }

  func refusal(of call: Call, _ asked: Asked, waitingFor approvals: [Approval], at moment: Int64) -> Refusal {
    var refusal = refusal(of: call, asked)
    let waiting = approvals.filter { $0.state(at: moment) == .pending }
    refusal.approval = PendingApproval(
      identifiers: waiting.map(\.identifier), groups: asked.isConfidential ? [] : waiting.map(\.request.group),
      milliseconds: max(0, (waiting.map(\.deadline).min() ?? moment) - moment))
    return refusal
  }

  func refusal(of call: Call, _ asked: Asked, deniedBy approval: Approval) -> Refusal {
    var refusal = refusal("A person has denied this use of \(subject(call)).", asked, code: .permissionDenied)
    refusal.loggedReason = "denied by \(approval.outcome?.by ?? "nobody") (\(approval.identifier))"
    return refusal
  }

  func refusalAtClient(_ target: String, _ asked: Asked) -> Refusal {
    refusal("The person at the client has not approved this use of `\(target)`.", asked, code: .permissionDenied)
  }

  func refusalTooLate(_ target: String, _ asked: Asked) -> Refusal {
    refusal("Nobody has approved this use of `\(target)` in time; it was not carried out.", asked)
  }

  func refusal(of call: Call, _ asked: Asked, _ fault: ApprovalFault) -> Refusal { refusal(about: subject(call), asked, fault) }

  func refusal(of target: String, _ asked: Asked, _ fault: ApprovalFault) -> Refusal { refusal(about: "`\(target)`", asked, fault) }

  private func refusal(about what: String, _ asked: Asked, _ fault: ApprovalFault) -> Refusal {
    switch fault {
    case .tooMany:
      var refusal = refusal("This use of \(what) needs an approval, and too many wait for one already.", asked, code: .rateLimited)
      refusal.retryAfterMilliseconds = Limits.longestRetryMilliseconds
      return refusal
    case .unavailable(let reason):
      var refusal = refusal("This use of \(what) needs an approval, and approvals cannot be kept now.", asked)
      refusal.loggedReason = reason
      return refusal
    case .unknown, .decided, .tooLate: return refusal("This use of \(what) needs an approval that it does not have.", asked)
    }
  }
}

/// Approvals that a refused request waits for.
struct PendingApproval {
  let identifiers: [String]
  /// Empty when the caller is not to know.
  let groups: [String]
  /// Until it is too late to decide.
  let milliseconds: Int64
}

/// What tells one caller from another for as long as approvals live: a token is renewed meanwhile, and another one of the same person is theirs.
enum CallerDigest {
  private static let lasting = [
    ClaimPath(root: .token, path: ["iss"]), ClaimPath(root: .token, path: ["sub"]), ClaimPath(root: .token, path: ["client_id"]),
    ClaimPath(root: .token, path: ["azp"]), ClaimPath(root: .token, path: ["act"]), ClaimPath(root: .token, path: ["act", "sub"]),
    ClaimPath(root: .key, path: ["id"]),
  ]

  static func of(_ identity: Identity) -> Digest {
    let isLasting = identity.claims.keys.contains { $0 == lasting[1] || $0 == lasting[6] }
    let claims = identity.claims.filter { !isLasting || lasting.contains($0.key) }.map { (name: $0.key.description, value: $0.value) }
    var bytes = Array("\(identity.caller)".utf8)
    for claim in claims.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      for part in [Array(claim.name.utf8), write(claim.value, .canonical)] { bytes += Array("\(part.count):".utf8) + part }
    }
    return sha256(bytes)
  }
}
