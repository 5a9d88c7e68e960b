internal import Bytecode
internal import Decision
internal import Enforcement
internal import Evidence
internal import JSON
internal import Semantics
internal import Text

/// A use of a server that someone asks for.
public enum GuardedCall: Sendable {
  /// - arguments: a JSON object in UTF-8.
  case tool(server: String, name: String, arguments: [UInt8])
  case prompt(server: String, name: String, arguments: [UInt8])
  case resource(server: String, uri: String)
}

/// What a policy makes of one call, and why.
public struct Ruling: Sendable, Hashable, CustomStringConvertible {
  public enum Outcome: String, Sendable {
    case allow, deny
    /// A person is to be asked first; until then it is a denial.
    case ask
  }

  public let outcome: Outcome
  /// The rule that decided; nil when none did, as where nothing grants the call.
  public let rule: String?
  /// Of a denial, what an agent is told: one of the codes of `docs/denials`.
  public let code: String?
  /// For the operator: what is wrong with the arguments, or what the nearest grant missed. It may name values of the call.
  public let reasons: [String]
  /// Whether the caller sees the tool, prompt or resource in lists.
  public let isListed: Bool
  /// Names of the filters that would read the server's answer; empty unless the call is allowed.
  public let readers: [String]
  /// `allow by small_refunds`, `deny by default`
  public let description: String
}

/// Decides calls as the gate does, without a server behind it: the snapshot's schema, then the rules and the filters of arguments.
///
/// One judge for one thread; make as many as are needed of one `Policy`.
public struct Judge: ~Copyable {
  private var judge: CallJudge
  private let answers: AnswerJudge

  public init(_ policy: Policy) {
    judge = CallJudge(policy.policies, policy.program)
    answers = AnswerJudge(policy.policies, policy.program)
  }

  /// Decides one call. What cannot be understood is denied.
  ///
  /// - Parameters:
  ///   - labels: of the session that the call belongs to; one that the policy does not declare cannot be understood.
  ///   - unixMilliseconds: the time that the policy's clock facts are of.
  public mutating func decide(
    _ call: GuardedCall, by caller: Caller, labels: Set<String> = [], at unixMilliseconds: Int64
  ) -> Ruling {
    let asked: CheckedPolicies.TestCall
    switch lookUp(call) {
    case .success(let found): asked = found
    case .failure(let unknown): return unknown.ruling
    }
    let program = judge.program
    let known = program.labels.map(\.name)
    var session = LabelSet()
    for label in labels {
      guard let index = known.firstIndex(of: label) else { return Unknown("the policy declares no label `\(label)`").ruling }
      session.insert(LabelID(UInt8(index)))
    }
    let principal = Principal(caller.identity, of: program)
    let judgement = judge.judge(asked, as: principal, with: session, at: Moment(milliseconds: unixMilliseconds))
    let explanation = Explanation(judgement, program)
    let outcome: Ruling.Outcome =
      switch judgement.code {
      case nil: .allow
      case "APPROVAL_REQUIRED": .ask
      default: .deny
      }
    return Ruling(
      outcome: outcome, rule: rule(of: judgement, program), code: judgement.code, reasons: explanation.reasons,
      isListed: judgement.isListed, readers: judgement.isLetThrough ? answers.readers(of: judgement).map(\.name) : [],
      description: explanation.outcome)
  }

  private func rule(of judgement: Judgement, _ program: Program) -> String? {
    guard judgement.problems.isEmpty else { return nil }
    if let denial = judgement.filterDenial { return denial.filter.name }
    return switch judgement.trace.verdict {
    case .allow(let grounds): program.rule(grounds.grant).name
    case .ask(let question): program.rule(question.ask).name
    case .deny(.byRule(let rule)): program.rule(rule).name
    case .deny: nil
    }
  }

  /// Why a call cannot be put to the rules.
  private struct Unknown: Error {
    let ruling: Ruling

    init(_ reason: String, code: String = "PERMISSION_DENIED") {
      ruling = Ruling(
        outcome: .deny, rule: nil, code: code, reasons: [reason], isListed: false, readers: [], description: "deny by default")
    }
  }

  private func lookUp(_ call: GuardedCall) -> Result<CheckedPolicies.TestCall, Unknown> {
    let name =
      switch call {
      case .tool(let server, _, _), .prompt(let server, _, _), .resource(let server, _): server
      }
    guard let index = judge.policies.servers.firstIndex(where: { Array($0.name.utf8) == Array(name.utf8) }) else {
      return .failure(Unknown("the policy declares no server `\(name)`"))
    }
    let snapshot = judge.policies.servers[index].snapshot
    switch call {
    case .tool(_, let name, let arguments):
      guard let tool = snapshot.tools.firstIndex(where: { Array($0.name.utf8) == Array(name.utf8) }) else {
        return .failure(Unknown("the snapshot has no tool `\(name)`"))
      }
      return asked(.tool(ToolReference(server: index, tool: tool)), arguments)
    case .prompt(_, let name, let arguments):
      guard let prompt = snapshot.prompts.firstIndex(where: { Array($0.name.utf8) == Array(name.utf8) }) else {
        return .failure(Unknown("the snapshot has no prompt `\(name)`"))
      }
      return asked(.prompt(PromptReference(server: index, prompt: prompt)), arguments)
    case .resource(_, let uri): return asked(.resource(server: index, uri: uri), Array("{}".utf8))
    }
  }

  private func asked(_ target: CheckedPolicies.TestCall.Target, _ text: [UInt8]) -> Result<CheckedPolicies.TestCall, Unknown> {
    let arguments: Value
    do throws(ParseError) {
      arguments = try Value(parsing: text)
    } catch {
      return .failure(Unknown("the arguments are not acceptable JSON: \(error.message)", code: "INVALID_ARGUMENT"))
    }
    guard case .object = arguments else { return .failure(Unknown("the arguments are no object", code: "INVALID_ARGUMENT")) }
    let nowhere = SourceRange(file: .init(0), lower: 0, upper: 0)
    return .success(.init(target: target, arguments: arguments, range: nowhere))
  }
}
