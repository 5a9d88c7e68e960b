import ArgumentParser
import Bytecode
import Decision
import Enforcement
import Evidence
import Foundation
import JSON
import Semantics
import Syntax
import Text

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decide one call and say why, with the values under the conditions.",
    discussion: """
      A call is `{"name": "server.tool", "arguments": {…}}`, `{"uri": …}` with --server, or a whole JSON-RPC request; a tool's own name is enough \
      when only one server has it.

      A result is what the server would send (an object with `content`, `messages` or `contents`), a tool's structured content, or a text.

      Exit codes: 0 decided, whatever the decision; 2 usage, 3 the policy does not compile.

      Example: sallyport explain --policy policies/ --as support_bot --call '{"name":"bank.transfer","arguments":{"amount":250}}'
      """)

  @Option(parsing: .upToNextOption, help: "Policy files, or folders of them.")
  var policy: [String] = ["."]

  @Option(help: "The call as JSON, a file that holds it, or - for standard input.")
  var call: String

  @Option(name: .customLong("as"), help: "The agent that calls, as the policy names it. Without it: no declared agent.")
  var agent: String?

  @Option(name: .customLong("with"), help: "A claim of the caller, such as token.team=platform or token.level=3. May be repeated.")
  var claims: [String] = []

  @Option(name: .customLong("label"), help: "A label that the session has. May be repeated.")
  var labels: [String] = []

  @Option(
    name: .customLong("scope"),
    help: "A scope that the caller's key or token is bound to, as the policy names it. May be repeated; without it: not bound.")
  var scopes: [String] = []

  @Option(help: "A file with the server's answer, or - for standard input: what filters would make of it is shown.")
  var result: String?

  @Option(help: "When, such as 2026-11-18T10:00:00Z. Without it: now.")
  var at: String?

  @Option(help: "The server of the call, when its name does not say it.")
  var server: String?

  @Option(help: "human or json.")
  var format: OutputFormat = .human

  func run() throws {
    let policies = try requirePolicies(policy)
    var judge = CallJudge(policies, try compiled(policies))
    let request = try CallReader(policies: policies, server: server).read(call)
    let caller = try callerFromOptions(policies)
    let known = identity(of: caller, in: policies)
    let bounds = try scopeNames(policies)
    let principal = Principal(Identity(caller: known.caller, claims: known.claims, scopes: bounds), of: judge.program)
    let labels = try labelSet(judge.program)
    let moment = try moment()
    var judgement = judge.judge(request.call, as: principal, with: labels, at: moment)
    var gauge = LimitGauge(judge.program)
    judgement.take(
      from: &gauge, request.name, by: principal, in: SessionKeys(principal, judge.program).whole, at: moment)
    var answers = AnswerJudge(policies, judge.program)
    let answer = try result.map { answers.release(try readResult($0), of: judgement) }
    let report = ExplanationReport(
      judgement, judge.program, target: request.name, caller: agent ?? "anyone", scopes: bounds, labels: labels,
      readers: answers.readers(of: judgement), answer: answer)
    switch format {
    case .human: Terminal.write(report.human(colour: Terminal.hasColour(.output)))
    case .json: Terminal.write(write(report.json, .pretty) + [UInt8(ascii: "\n")])
    }
  }

  private func moment() throws -> Moment {
    guard let at else { return Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
    guard let milliseconds = MomentLiteral(at)?.milliseconds else {
      throw Complaint("`\(at)` is no moment", help: "write a day or a moment in UTC: 2026-11-18 or 2026-11-18T10:00:00Z")
    }
    return Moment(milliseconds: milliseconds)
  }

  /// Nil: the caller is not bound.
  private func scopeNames(_ policies: CheckedPolicies) throws -> [String]? {
    let known = policies.scopes.map(\.name)
    for scope in scopes where !known.contains(where: { $0.utf8.elementsEqual(scope.utf8) }) {
      throw Complaint("the policy declares no scope `\(scope)`", help: nearest(to: scope, among: known).map { "did you mean `\($0)`?" })
    }
    return scopes.isEmpty ? nil : scopes
  }

  private func labelSet(_ program: Program) throws -> LabelSet {
    let names = program.labels.map(\.name)
    return LabelSet(
      try labels.map { label in
        guard let index = names.firstIndex(of: label) else {
          throw Complaint("the policy declares no label `\(label)`", help: nearest(to: label, among: names).map { "did you mean `\($0)`?" })
        }
        return LabelID(UInt8(index))
      })
  }

  /// What is no JSON is the text that a tool answers with.
  private func readResult(_ path: String) throws -> Value {
    let bytes = try CallReader.contents(of: path, option: "--result")
    return (try? Value(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
  }

  private func callerFromOptions(_ policies: CheckedPolicies) throws -> CheckedPolicies.TestCaller {
    var values: [Semantics.ClaimPath: Value] = [:]
    var index: Int?
    if let agent, agent != "anyone" {
      guard let found = policies.agents.firstIndex(where: { $0.name == agent }) else {
        let near = nearest(to: agent, among: policies.agents.map(\.name))
        throw Complaint("the policy declares no agent `\(agent)`", help: near.map { "did you mean `\($0)`?" })
      }
      index = found
      for (path, constant) in policies.agents[found].fixedClaims { values[path] = Value(constant) }
    }
    for claim in claims {
      let (path, value) = try parsed(claim: claim)
      values[path] = value
    }
    let nowhere = SourceRange(file: .init(0), lower: 0, upper: 0)
    return CheckedPolicies.TestCaller(agent: index, claims: values, range: nowhere)
  }

  /// `token.team=platform`: JSON when it reads as JSON, text otherwise.
  private func parsed(claim: String) throws -> (Semantics.ClaimPath, Value) {
    let parts = claim.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let names = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, names.count > 1, !names.contains(""), let root = Semantics.ClaimPath.Root(rawValue: names[0]) else {
      throw Complaint("`\(claim)` is no claim", help: "write token.NAME=VALUE or key.NAME=VALUE")
    }
    let text = String(parts[1])
    return (Semantics.ClaimPath(root, Array(names.dropFirst())), (try? Value(parsing: Array(text.utf8))) ?? .string(text))
  }
}

extension Value {
  fileprivate init(_ constant: Constant) {
    switch constant {
    case .text(let text): self = .string(text)
    case .number(let number): self = .number(number)
    case .boolean(let boolean): self = .boolean(boolean)
    }
  }
}
