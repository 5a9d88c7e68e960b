import Analysis
import Bytecode
import Decision
import JSON
import Semantics
import TestSupport
import Text

@testable import Compilation

/// Random policies about one tool, two agents and two claims, and calls of it.
struct World {
  struct Rule {
    enum Kind {
      /// To these agents; to any when there is none.
      case grant([String])
      case deny, ask
    }

    let kind: Kind
    var formula: Formula?

    func sally(_ name: String, _ condition: String?) -> String {
      let condition = condition.map { " when \($0)" } ?? ""
      switch kind {
      case .grant(let agents): return "grant \(name) use to \(agents.isEmpty ? "any agent" : agents.joined(separator: ", "))\(condition)"
      case .deny: return "deny \(name) on s.t\(condition)"
      case .ask: return "ask \(name) on s.t\(condition) from \"p\" within 5m"
      }
    }
  }

  struct Policy {
    var rules: [Rule]

    var text: String { World.text(rules.enumerated().map { $1.sally("r\($0)", $1.formula?.sally) }) }
  }

  struct Call {
    /// As an operator names it; nil: who calls is in the claims.
    let agent: String?
    let claims: [String: JSON.Value]
    let arguments: JSON.Value

    init(agent: String?, claims: [String: JSON.Value], arguments: JSON.Value) {
      self.agent = agent
      self.claims = claims
      self.arguments = arguments
    }

    init(_ witness: Witness) {
      agent = if case .named(let name) = witness.caller { name } else { nil }
      claims = Dictionary(witness.claims.map { ($0.path[0], $1) }, uniquingKeysWith: { first, _ in first })
      arguments = witness.arguments
    }
  }

  var random: SeededGenerator
  let maker: LeafMaker
  private let asks: Bool

  init(seed: UInt64, _ style: LeafMaker.Style, asks: Bool = true) {
    random = SeededGenerator(seed: seed)
    maker = LeafMaker(style: style)
    self.asks = asks
  }

  static func rank(_ verdict: String) -> Int { verdict == "deny" ? 0 : verdict == "allow" ? 2 : 1 }

  private var snapshot: String {
    let properties =
      switch maker.style {
      case .few: #""n": {"type": "integer", "minimum": 0, "maximum": 6}, "c": {"type": "string", "enum": ["", "a", "ab", "b"]}"#
      case .many: #""n": {"type": "number", "minimum": 0, "maximum": 20}, "c": {"type": "string", "maxLength": 8}"#
      case .plain: #""n": {"type": "integer"}, "c": {"type": "string"}"#
      }
    return """
      {"tools": [{"name": "t", "inputSchema": {"type": "object", "required": ["n"],
        "properties": {\(properties), "f": {"type": "boolean"}}}}]}
      """
  }

  static func text(_ rules: [String]) -> String {
    let header = [
      "policy small", "server s from \"s.json\"", "scope use opens s.t", "agent bot when token.sub == \"bot\"",
      "agent desk when token.sub in {\"desk\", \"d\"}",
    ]
    return (header + rules).joined(separator: "\n\n")
  }

  /// Nil when it is senseless, as random policies may be.
  func checked(_ text: String) -> CheckedPolicies? {
    check(load(["small.sally"], reader: TestFiles(texts: ["s.json": snapshot, "small.sally": text])).value).value
  }

  // MARK: Policies

  private mutating func formula(_ depth: Int = 2) -> Formula {
    guard depth > 0, random.chance(65) else { return maker.leaf(&random) }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return .not(formula(depth - 1))
    case 1: return .all([formula(depth - 1), formula(depth - 1)])
    default: return .any([formula(depth - 1), formula(depth - 1)])
    }
  }

  private mutating func rule() -> Rule {
    let formula = random.chance(80) ? formula() : nil
    switch Int.random(in: 0..<(asks ? 6 : 5), using: &random) {
    case 0, 1: return Rule(kind: .deny, formula: formula ?? self.formula())
    case 2: return Rule(kind: .grant([]), formula: formula)
    case 3: return Rule(kind: .grant(["bot"]), formula: formula)
    case 4: return Rule(kind: .grant(["bot", "desk"]), formula: formula)
    default: return Rule(kind: .ask, formula: formula)
    }
  }

  mutating func policy() -> Policy { Policy(rules: (0..<Int.random(in: 1...4, using: &random)).map { _ in rule() }) }

  /// With one rule more, less or otherwise.
  mutating func changed(_ policy: Policy) -> Policy {
    var rules = policy.rules
    let place = Int.random(in: rules.indices, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: rules.append(rule())
    case 1 where rules.count > 1: rules.remove(at: place)
    default: rules[place].formula = formula()
    }
    return Policy(rules: rules)
  }

  /// The same, otherwise written: conditions turned round, rules divided by `or`, by agents or by cases, said twice, renamed, reordered.
  mutating func rewritten(_ policy: Policy) -> String {
    var parts: [(Rule.Kind, String?)] = []
    for rule in policy.rules {
      var formulas = [rule.formula]
      if case .any(let alternatives) = rule.formula, random.chance(60) { formulas = alternatives }
      if random.chance(15) {
        let leaf = maker.addition(&random)
        formulas = formulas.flatMap { formula -> [Formula?] in
          guard let formula else { return [leaf, .not(leaf)] }
          return [.all([formula, leaf]), .all([formula, .not(leaf)])]
        }
      }
      if random.chance(20) { formulas.append(rule.formula) }
      var kinds = [rule.kind]
      if case .grant(let agents) = rule.kind, agents.count > 1, random.chance(50) { kinds = agents.map { .grant([$0]) } }
      for kind in kinds {
        for formula in formulas {
          // Drawn anew for each, so that two halves of one grant are written in two ways.
          parts.append((kind, formula?.rewritten(&random, maker)))
        }
      }
    }
    let names = (0..<parts.count).map { "n\($0)" }.shuffled(using: &random)
    return World.text(
      zip(names, parts).map { name, part in Rule(kind: part.0, formula: nil).sally(name, part.1) }.shuffled(using: &random))
  }

  // MARK: Calls

  /// Every one of a world of few values.
  static let allCalls: [Call] = {
    let callers: [(agent: String?, sub: String?)] = [
      (nil, nil), (nil, "bot"), (nil, "desk"), (nil, "d"), (nil, "x"), ("bot", nil), ("desk", nil),
    ]
    let texts: [String?] = [nil] + LeafMaker.fewTexts
    let flags: [Bool?] = [nil, true, false]
    var calls: [Call] = []
    for (agent, sub) in callers {
      var claims: [String: JSON.Value] = [:]
      if let sub { claims["sub"] = .string(sub) }
      for number in 0...6 {
        for text in texts {
          for flag in flags {
            calls.append(Call(agent: agent, claims: claims, arguments: arguments(.number(Number(number)), text, flag)))
          }
        }
      }
    }
    return calls
  }()

  private static func arguments(_ number: JSON.Value, _ text: String?, _ flag: Bool?) -> JSON.Value {
    var members = [JSON.Value.Member("n", number)]
    if let text { members.append(.init("c", .string(text))) }
    if let flag { members.append(.init("f", .boolean(flag))) }
    return .object(members)
  }

  /// One of a world without bounds.
  mutating func call() -> Call {
    let named = [nil, nil, nil, "bot", "desk"][Int.random(in: 0..<5, using: &random)]
    var claims: [String: JSON.Value] = [:]
    if named == nil {
      if random.chance(80) { claims["sub"] = .string(["bot", "desk", "d", "x", "y"][Int.random(in: 0..<5, using: &random)]) }
      if random.chance(70) { claims["level"] = .number(Number(Int.random(in: -1...10, using: &random))) }
    }
    let text = (0..<Int.random(in: 0...5, using: &random)).map { _ in ["a", "b", "c"][Int.random(in: 0..<3, using: &random)] }.joined()
    return Call(
      agent: named, claims: claims,
      arguments: Self.arguments(
        .number(Number(Int.random(in: -1...10, using: &random))), random.chance(80) ? text : nil,
        random.chance(70) ? random.chance(50) : nil))
  }
}

/// Decides by the engine: 0 deny, 1 ask, 2 allow.
final class Engine {
  private let program: Program
  private var evaluator: Evaluator

  init(_ policies: CheckedPolicies) {
    guard let program = try? compile(policies, generation: 1) else { preconditionFailure("a small policy compiles") }
    self.program = program
    evaluator = Evaluator(program)
  }

  func verdict(_ call: World.Call) throws -> Int {
    let document = try Document(parsing: write(call.arguments))
    let claims = Dictionary(uniqueKeysWithValues: call.claims.map { (Bytecode.ClaimPath(root: .token, path: [$0]), $1) })
    let principal = Principal(Identity(agent: call.agent, claims: claims), of: program)
    switch evaluator.decide(
      .tool(ToolID(0), document, arguments: document.root), principal: principal, labels: LabelSet(), now: Moment(milliseconds: 0))
    {
    case .allow: return 2
    case .ask: return 1
    case .deny: return 0
    }
  }
}

extension Comparison.Direction {
  /// What a change is of which some calls are wider, or some narrower; nil: nothing changed.
  init?(isWider: Bool, isNarrower: Bool) {
    switch (isWider, isNarrower) {
    case (true, true): self = .mixed
    case (true, false): self = .wider
    case (false, true): self = .narrower
    case (false, false): return nil
    }
  }
}
