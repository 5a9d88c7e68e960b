internal import JSON
internal import Messages

/// What the caller could do instead of what was refused.
enum Alternatives {
  /// Names of tools.
  case tools([String])
  /// Tests in the policy's words; with all of them met the call is granted.
  case arguments([String])
}

/// A refusal that an agent can work with: what was refused, why, what would be allowed, and whether to try again.
struct Refusal {
  let code: DenialCode
  /// One or more sentences for a language model.
  let message: String
  /// The rule that decided: the log names it in any case.
  var rule: String?
  /// The rule's own words.
  var because: String?
  /// Whether the caller is not to know the rule.
  var isConfidential = false
  var retryAfterMilliseconds: Int64?
  /// Whether it stays refused although others with its code would not.
  var isHopeless = false
  /// Of a limit that refused.
  var limit: LimitNotice?
  /// Nil when the policy hides it or there is nothing of the kind.
  var allowed: Alternatives?
  /// What is wrong with single arguments, or with parts of a result: where, and what.
  var violations: [ArgumentProblem] = []
  /// What the log says in place of the message; the caller is not told.
  var loggedReason: String?
  /// What the request waits for; it may be made again once that is there.
  var approval: PendingApproval?
  /// Scopes that would open what was refused, where that is all that is missing.
  var scopes: [String] = []
  /// Names of a filter's patterns that were found, for the log.
  var patterns: [String] = []

  init(_ code: DenialCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Whether the same request may succeed later, with nothing changed by the caller.
  var isRetryable: Bool { code.isRetryable && !isHopeless }

  /// The structured form, the same in every answer that carries a denial.
  func value(trace: TraceIdentifier) -> Value {
    var members = [Value.Member("code", .string(code.rawValue)), Value.Member("message", .string(message))]
    if let rule, !isConfidential { members.append(Value.Member("rule", .string(rule))) }
    if let because, !isConfidential { members.append(Value.Member("because", .string(because))) }
    members.append(Value.Member("retryable", .boolean(isRetryable || approval != nil)))
    if let approval {
      var pending = [
        Value.Member("ids", .array(approval.identifiers.map(Value.string))),
        Value.Member("expiresInMs", .number(Number(approval.milliseconds))),
      ]
      if !approval.groups.isEmpty { pending.insert(Value.Member("from", .array(approval.groups.map(Value.string))), at: 1) }
      members.append(Value.Member("approval", .object(pending)))
    }
    if !scopes.isEmpty { members.append(Value.Member("scopes", .array(scopes.map(Value.string)))) }
    if let retryAfterMilliseconds { members.append(Value.Member("retryAfterMs", .number(Number(retryAfterMilliseconds)))) }
    if let limit {
      let notice = [
        Value.Member("allows", .string(limit.allows)), Value.Member("takes", .number(limit.takes)),
        Value.Member("left", .number(limit.left)),
      ]
      members.append(Value.Member("limit", .object(notice)))
    }
    switch allowed {
    case .tools(let names): members.append(Value.Member("allowed", .object([Value.Member("tools", .array(names.map(Value.string)))])))
    case .arguments(let tests):
      members.append(Value.Member("allowed", .object([Value.Member("arguments", .array(tests.map(Value.string)))])))
    case nil: break
    }
    if !violations.isEmpty {
      let list = violations.map { Value.object([Value.Member("path", .string($0.path)), Value.Member("message", .string($0.message))]) }
      members.append(Value.Member("violations", .array(list)))
    }
    members.append(Value.Member("traceId", .string(trace.description)))
    return .object(members)
  }

  /// What the model reads. It must be able to stop here: everything needed to go on is in the sentences.
  var text: String {
    var sentences = [message]
    if let because, !because.isEmpty, !isConfidential { sentences.append("Reason: \(because)") }
    for violation in violations.prefix(8) {
      let whole = code == .outputBlocked ? "structuredContent" : "arguments"
      sentences.append("\(violation.path.isEmpty ? whole : violation.path): \(violation.message).")
    }
    switch allowed {
    case .tools(let names) where !names.isEmpty: sentences.append("Allowed instead: \(names.joined(separator: ", ")).")
    case .arguments(let tests): sentences.append("Allowed with \(tests.joined(separator: " and ")).")
    case .tools, nil: break
    }
    sentences.append(advice)
    return "\(code.rawValue): " + sentences.joined(separator: " ")
  }

  /// What to do now.
  private var advice: String {
    if let approval {
      let minutes = (approval.milliseconds + 59_999) / 60_000
      return "Tell the user that approval \(approval.identifiers.joined(separator: " and ")) is waiting for \(minutes) min "
        + "(`sallyport approvals list`). Once it is given, make exactly the same call again; do not change it."
    }
    if isHopeless { return "Do not repeat the same request: the answer will be the same." }
    switch code {
    case .rateLimited, .upstreamUnavailable, .storeUnavailable:
      return retryAfterMilliseconds.map { "It may work again after \($0) ms." } ?? "It may work later."
    case .invalidArgument: return "Correct the arguments before you call again; the same call will be refused again."
    case .outputBlocked: return "The request itself was carried out; do not repeat it."
    case .permissionDenied, .approvalRequired, .toolDrifted, .unauthenticated, .unsupported:
      return "Do not repeat the same request: the answer will be the same."
    }
  }

  /// A refused `tools/call` is answered with a result, which every client shows to its model; an error could end the agent's turn.
  ///
  /// - Parameters:
  ///   - revision: decides which members a result may have.
  ///   - structured: false when the tool has an `outputSchema`: some clients hold `structuredContent` to it even beside `isError`.
  func toolResult(to identifier: Identifier, revision: Revision, structured: Bool, trace: TraceIdentifier) -> [UInt8] {
    let details = value(trace: trace)
    var members = [
      Value.Member(
        "content", .array([.object([Value.Member("type", .string("text")), Value.Member("text", .string(text))])]))
    ]
    if structured, revision.hasStructuredContent { members.append(Value.Member("structuredContent", details)) }
    members.append(Value.Member("isError", .boolean(true)))
    if revision.era == .stateless { members.append(Value.Member("resultType", .string("complete"))) }
    members.append(Value.Member("_meta", .object([Value.Member(MetadataKey.denial, details)])))
    return Reply.result(to: identifier, .object(members))
  }

  func error(to identifier: Identifier?, trace: TraceIdentifier) -> [UInt8] {
    Reply.error(to: identifier, code: code.number, message: text, data: value(trace: trace))
  }
}
