import Bytecode
import Decision
import JSON
import Semantics
import TestSupport
import Testing
import Text

@testable import Analysis
@testable import Compilation

/// Differences and fingerprints against all calls of a small world: one tool of three arguments, two agents, one claim.
///
/// `PROPERTY_RUNS=1000 swift test --filter PairTests` is the long run; `SEED=…` repeats one.
@Suite struct PairTests {
  @Test func differencesAreThoseOfAllCalls() throws {
    let seed = propertySeed()
    var worlds = SmallWorld(seed: seed)
    var changed = 0
    for _ in 0..<propertyRuns(120) {
      let policy = worlds.policy()
      let other = worlds.changed(policy)
      guard let (old, new) = try worlds.checked(policy, other) else { continue }
      let calls = SmallWorld.calls(old)
      let engines = [SmallEngine(old), SmallEngine(new)]
      let pairs = try calls.map { call in try (engines[0].verdict(call), engines[1].verdict(call)) }
      let difference = compare(old, new)
      let context = "SEED=\(seed)\n\(policy.text)\n--- and\n\(other.text)"
      let isWider = pairs.contains { $0.0 < $0.1 }
      let isNarrower = pairs.contains { $0.0 > $0.1 }
      let expected: Comparison.Direction? = isWider ? (isNarrower ? .mixed : .wider) : isNarrower ? .narrower : nil
      #expect(difference.targets.first?.direction == expected, "\(context)")
      #expect((semanticFingerprint(old) == semanticFingerprint(new)) == (expected == nil), "the fingerprint says otherwise: \(context)")
      for region in difference.targets.flatMap(\.regions) {
        guard let witness = region.witness else { continue }
        #expect(witness.isConfirmed)
        let verdicts = try engines.map { try $0.verdict(SmallWorld.Call(witness)) }
        #expect([region.before, region.after].map(SmallWorld.rank) == verdicts, "\(witness.line): \(verdicts) \(region) \(context)")
      }
      if expected != nil { changed += 1 }
    }
    #expect(changed > propertyRuns(120) / 4, "hardly any pair differs")
  }

  @Test func rewritingChangesNoFingerprint() throws {
    let seed = propertySeed()
    var worlds = SmallWorld(seed: seed)
    var compared = 0
    for _ in 0..<propertyRuns(120) {
      let policy = worlds.policy()
      let other = worlds.rewritten(policy)
      guard let (old, new) = try worlds.checked(policy, other) else { continue }
      compared += 1
      let context = "SEED=\(seed)\n\(policy.text)\n--- and\n\(other.text)"
      #expect(compare(old, new).isEmpty, "\(context)")
      #expect(semanticFingerprint(old) == semanticFingerprint(new), "\(context)")
    }
    #expect(compared > propertyRuns(120) / 2)
  }
}

/// Decides by the engine: 0 deny, 1 ask, 2 allow.
private final class SmallEngine {
  private let program: Program
  private var evaluator: Evaluator

  init(_ policies: CheckedPolicies) {
    guard let program = try? compile(policies, generation: 1) else { preconditionFailure("a small policy compiles") }
    self.program = program
    evaluator = Evaluator(program)
  }

  func verdict(_ call: SmallWorld.Call) throws -> Int {
    let document = try Document(text: call.arguments)
    let claims = call.sub.map { [Bytecode.ClaimPath(root: .token, path: ["sub"]): JSON.Value.string($0)] } ?? [:]
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

private struct SmallWorld {
  indirect enum Formula {
    /// Two ways to write the same.
    case leaf(String, String)
    case all([Formula])
    case any([Formula])
    case not(Formula)

    var text: String {
      switch self {
      case .leaf(let text, _): "(\(text))"
      case .all(let parts): "(" + parts.map(\.text).joined(separator: " and ") + ")"
      case .any(let parts): "(" + parts.map(\.text).joined(separator: " or ") + ")"
      case .not(let inner): "not \(inner.text)"
      }
    }

    /// Otherwise written: turned round, negated twice, by De Morgan.
    func rewritten(_ random: inout SeededGenerator) -> String {
      switch self {
      case .leaf(let text, let other): return random.chance(50) ? "(\(text))" : "(\(other))"
      case .not(let inner): return "not \(inner.rewritten(&random))"
      case .all(let parts), .any(let parts):
        let isAll = if case .all = self { true } else { false }
        let shuffled = parts.shuffled(using: &random)
        if random.chance(40) {
          let negated = shuffled.map { "not \($0.rewritten(&random))" }
          return "not (" + negated.joined(separator: isAll ? " or " : " and ") + ")"
        }
        return "(" + shuffled.map { $0.rewritten(&random) }.joined(separator: isAll ? " and " : " or ") + ")"
      }
    }
  }

  struct Rule {
    let head: String
    var formula: Formula?
    let tail: String
  }

  struct Policy {
    var rules: [Rule]
    var text: String

    init(_ rules: [Rule]) {
      self.rules = rules
      text = SmallWorld.write(rules.enumerated().map { ($1.head.replacing("NAME", with: "r\($0)"), $1.formula?.text, $1.tail) })
    }
  }

  struct Call {
    let agent: String?
    let sub: String?
    let arguments: String

    init(agent: String?, sub: String?, arguments: String) {
      self.agent = agent
      self.sub = sub
      self.arguments = arguments
    }

    init(_ witness: Witness) {
      agent = if case .named(let name) = witness.caller { name } else { nil }
      sub = witness.claims[.init(.token, ["sub"])]?.string
      arguments = String(decoding: JSON.write(witness.arguments), as: UTF8.self)
    }
  }

  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  static func rank(_ verdict: String) -> Int { verdict == "deny" ? 0 : verdict == "allow" ? 2 : 1 }

  private static let snapshot = """
    {"tools": [{"name": "t", "inputSchema": {"type": "object", "required": ["n"], "properties": {
      "n": {"type": "integer", "minimum": 0, "maximum": 6}, "c": {"type": "string", "enum": ["", "a", "ab", "b"]}, "f": {"type": "boolean"}}}}]}
    """

  static func write(_ rules: [(head: String, condition: String?, tail: String)]) -> String {
    let header = [
      "policy small", "server s from \"s.json\"", "scope use opens s.t", "agent bot when token.sub == \"bot\"",
      "agent desk when token.sub in {\"desk\", \"d\"}",
    ]
    let written = rules.map { rule in
      [rule.head, rule.condition.map { "when \($0)" } ?? "", rule.tail].filter { !$0.isEmpty }.joined(separator: " ")
    }
    return (header + written).joined(separator: "\n\n")
  }

  static func calls(_ policies: CheckedPolicies) -> [Call] {
    let callers: [(String?, String?)] = [(nil, nil), (nil, "bot"), (nil, "desk"), (nil, "d"), (nil, "x"), ("bot", nil), ("desk", nil)]
    return callers.flatMap { agent, sub in
      (0...6).flatMap { number in
        [nil, "\"\"", "\"a\"", "\"ab\"", "\"b\""].flatMap { text in
          [nil, "true", "false"].map { flag in
            let members = ["\"n\": \(number)"] + (text.map { ["\"c\": \($0)"] } ?? []) + (flag.map { ["\"f\": \($0)"] } ?? [])
            return Call(agent: agent, sub: sub, arguments: "{\(members.joined(separator: ", "))}")
          }
        }
      }
    }
  }

  private mutating func leaf() -> Formula {
    let number = Int.random(in: 1...5, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return .leaf("args.n <= \(number)", "not args.n > \(number)")
    case 1: return .leaf("args.n < \(number)", "not args.n >= \(number)")
    case 2: return .leaf("args.n == \(number)", "not args.n != \(number)")
    case 3:
      return .leaf("args.c present and args.c starts with \"a\"", "args.c present and args.c in {\"a\", \"ab\"}")
    case 4: return .leaf("not args.c present or args.c == \"b\"", "not args.c present or args.c ends with \"b\" and args.c != \"ab\"")
    case 5: return .leaf("args.f present and args.f", "args.f present and args.f == true")
    default: return .leaf("token.sub == \"d\"", "token.sub in {\"d\"}")
    }
  }

  private mutating func formula(_ depth: Int = 2) -> Formula {
    guard depth > 0, random.chance(65) else { return leaf() }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return .not(formula(depth - 1))
    case 1: return .all([formula(depth - 1), formula(depth - 1)])
    default: return .any([formula(depth - 1), formula(depth - 1)])
    }
  }

  private mutating func rule() -> Rule {
    let formula = random.chance(80) ? formula() : nil
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return Rule(head: "deny NAME on s.t", formula: formula ?? leaf(), tail: "")
    case 1: return Rule(head: "ask NAME on s.t", formula: formula, tail: "from \"p\" within 5m")
    case 2: return Rule(head: "grant NAME use to any agent", formula: formula, tail: "")
    case 3: return Rule(head: "grant NAME use to bot", formula: formula, tail: "")
    default: return Rule(head: "grant NAME use to bot, desk", formula: formula, tail: "")
    }
  }

  mutating func policy() -> Policy { Policy((0..<Int.random(in: 1...4, using: &random)).map { _ in rule() }) }

  /// With one rule more, less or otherwise.
  mutating func changed(_ policy: Policy) -> Policy {
    var rules = policy.rules
    let place = Int.random(in: rules.indices, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: rules.append(rule())
    case 1 where rules.count > 1: rules.remove(at: place)
    default: rules[place].formula = formula()
    }
    return Policy(rules)
  }

  /// The same, otherwise written: conditions turned round, `or` divided over two rules, a rule said twice, rules in another order.
  mutating func rewritten(_ policy: Policy) -> Policy {
    var written: [(head: String, condition: String?, tail: String)] = []
    for (number, rule) in policy.rules.enumerated() {
      let head = { (suffix: String) in rule.head.replacing("NAME", with: "r\(number)\(suffix)") }
      if case .any(let parts) = rule.formula, !rule.head.hasPrefix("ask") || random.chance(50) {
        for (index, part) in parts.enumerated() { written.append((head("_\(index)"), part.rewritten(&random), rule.tail)) }
      } else {
        written.append((head(""), rule.formula?.rewritten(&random), rule.tail))
      }
      if random.chance(20) { written.append((head("_again"), rule.formula?.rewritten(&random), rule.tail)) }
    }
    var other = policy
    other.text = Self.write(written.shuffled(using: &random))
    return other
  }

  /// Nil when one of them is senseless, as random policies may be.
  func checked(_ left: Policy, _ right: Policy) throws -> (CheckedPolicies, CheckedPolicies)? {
    let both = [left, right].map { policy in
      check(load(["small.sally"], reader: MemoryReader(files: ["s.json": Self.snapshot, "small.sally": policy.text])).value).value
    }
    guard let old = both[0], let new = both[1] else { return nil }
    return (old, new)
  }
}
