import Analysis
import Bytecode
import Compilation
import Decision
import JSON
import Semantics
import TestSupport
import Testing
import Text

/// Rules on resources: what analyses say of all addresses, held to the engine over many, ordinary and odd.
///
/// `PROPERTY_RUNS=1000 swift test --filter AddressTests` is the long run; `SEED=…` repeats one.
@Suite struct AddressTests {
  private static let patterns = [
    "**", "file:///a/**", "file:///a/*", "file:///a/b", "file:///a/b/**", "file:///a/b*", "file:///A/B/c", "file:///a/", "https://h/**",
    "https://h/a", "https://h/a/*", "https://h/*?**", "https://h:443/a", "https://*/a", "memo:a/**", "memo:a", "**/b", "file:///a/**/b",
  ]

  static let addresses: [String] = {
    let plain = [
      "", "a", "file:///", "file:///a", "file:///a/b", "file:///a/b/c", "file:///a/bc", "file:///A/b", "file:///A/B/c", "file:///a/c/b",
      "https://h/", "https://h/a", "https://h/a/b", "https://g/a", "https://h:8443/a", "memo:a", "memo:a/b", "memo:b", "x://y/z/b",
    ]
    let others = [
      "file:/a/b", "FILE:///a/b", "file:///a/%62", "file:///%61/b", "file:///a;v=1/b", "file:///a/b;v", "file://localhost/a/b",
      "file:///a/../b", "file:///a//b", "file:///a/b?x", "https://h/a?x", "https://h/a?x=/b", "https://u@h/a", "https://H/a",
      "https://h./a", "https://h:443/a", "https://h:/a", "https://h/a;p/b", "https://h/a#b", "file:///a/%2e%2e/b", "memo:a;x/b", "memo:%61",
    ]
    return (plain + others).flatMap { [$0, $0 + "/"] }
  }()

  private struct Rules {
    var random: SeededGenerator

    private mutating func pattern() -> String { AddressTests.patterns.randomElement(using: &random) ?? "**" }

    private mutating func condition() -> String { random.chance(30) ? " when token.level == \(Int.random(in: 1...2, using: &random))" : "" }

    mutating func rule(_ number: Int) -> [String] {
      let target = "resource docs \"\(pattern())\""
      switch Int.random(in: 0..<5, using: &random) {
      case 0, 1:
        let who = ["any agent", "bot", "bot, desk"].randomElement(using: &random) ?? "bot"
        return ["scope s\(number) opens \(target)", "grant g\(number) s\(number) to \(who)\(condition())"]
      case 2, 3: return ["deny d\(number) on \(target), resource docs \"\(pattern())\"\(condition())"]
      default: return ["ask a\(number) on \(target)\(condition()) from \"p\" within 5m"]
      }
    }

    mutating func policy() -> [[String]] { (0..<Int.random(in: 2...4, using: &random)).map { rule($0) } }

    mutating func changed(_ rules: [[String]]) -> [[String]] {
      var rules = rules
      let place = Int.random(in: rules.indices, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: rules.append(rule(9))
      case 1: rules.remove(at: place)
      default: rules[place] = rule(9)
      }
      return rules
    }
  }

  private static func checked(_ rules: [[String]], _ more: String = "") -> CheckedPolicies? {
    let header = [
      "policy small", "server docs from \"docs.json\"", "agent bot when token.sub == \"bot\"", "agent desk when token.sub == \"desk\"",
    ]
    let text = (header + rules.flatMap(\.self) + [more]).joined(separator: "\n")
    return check(load(["small.sally"], reader: TestFiles(texts: ["docs.json": #"{"tools":[]}"#, "small.sally": text])).value).value
  }

  /// 0 deny, 1 ask, 2 allow.
  private final class Reader {
    private let program: Program
    private var evaluator: Evaluator
    static let callers: [Identity] =
      [nil, "bot", "desk"].map { Identity(agent: $0, claims: [:]) }
      + ["bot", "desk", "x"].flatMap { name in
        [nil, 1, 2].map { level in
          var claims = [Bytecode.ClaimPath(root: .token, path: ["sub"]): JSON.Value.string(name)]
          if let level { claims[Bytecode.ClaimPath(root: .token, path: ["level"])] = .number(Number(level)) }
          return Identity(agent: nil, claims: claims)
        }
      }

    init(_ policies: CheckedPolicies) throws {
      program = try compile(policies, generation: 1)
      evaluator = Evaluator(program)
    }

    func verdict(_ address: String, _ caller: Identity) -> Int {
      let target = Call.resource(ServerID(0), uri: Array(address.utf8))
      let now = Moment(milliseconds: Witness.anyMoment)
      switch evaluator.decide(target, principal: Principal(caller, of: program), labels: LabelSet(), now: now) {
      case .allow: return 2
      case .ask: return 1
      case .deny: return 0
      }
    }
  }

  @Test func differencesAreThoseOfAllAddresses() throws {
    let seed = propertySeed()
    let runs = propertyRuns(60)
    var rules = Rules(random: SeededGenerator(seed: seed))
    var (compared, tried, told, doubtful) = (0, 0, 0, 0)
    while compared < runs, tried < runs * 5 {
      tried += 1
      let policy = rules.policy()
      let other = rules.changed(policy)
      guard let old = Self.checked(policy), let new = Self.checked(other) else { continue }
      compared += 1
      let readers = [try Reader(old), try Reader(new)]
      var (isWider, isNarrower) = (false, false)
      for caller in Reader.callers {
        for address in Self.addresses {
          let (before, after) = (readers[0].verdict(address, caller), readers[1].verdict(address, caller))
          isWider = isWider || before < after
          isNarrower = isNarrower || before > after
        }
      }
      let change = compare(old, new).targets.first
      let context = "SEED=\(seed)\n\(policy)\n--- and\n\(other)\n\(String(describing: change))"
      // Whatever an address shows is told; what is told may be of addresses that are not among these.
      let direction = change?.direction
      if isWider { #expect(direction == .wider || direction == .mixed || direction == .unknown, "\(context)") }
      if isNarrower { #expect(direction == .narrower || direction == .mixed || direction == .unknown, "\(context)") }
      if direction == nil { #expect(!isWider && !isNarrower, "\(context)") }
      if isWider || isNarrower {
        told += 1
        #expect(semanticFingerprint(old) != semanticFingerprint(new), "\(context)")
        if direction == .unknown { doubtful += 1 }
      }
      for region in change?.regions ?? [] {
        guard let witness = region.witness, witness.isConfirmed, let address = witness.arguments["uri"]?.string else { continue }
        let claims = Dictionary(
          uniqueKeysWithValues: witness.claims.map { (Bytecode.ClaimPath(root: .token, path: $0.path), $1) })
        var agent: String?
        if case .named(let name) = witness.caller { agent = name }
        let caller = Identity(agent: agent, claims: claims)
        let shown = [readers[0].verdict(address, caller), readers[1].verdict(address, caller)]
        let said = [region.before, region.after].map { $0 == "deny" ? 0 : $0 == "allow" ? 2 : 1 }
        #expect(shown == said, "\(witness.line) \(context)")
      }
    }
    #expect(compared == runs, "most random policies are refused: the generator no longer fits the checker")
    #expect(told > runs / 4 && doubtful * 10 < told, "\(told) differ, of which \(doubtful) could not be told")
  }

  @Test func proofsHoldForAllAddresses() throws {
    let seed = propertySeed()
    var rules = Rules(random: SeededGenerator(seed: seed))
    var (proved, refuted) = (0, 0)
    for _ in 0..<propertyRuns(60) {
      let policy = rules.policy()
      let pattern = Self.patterns.randomElement(using: &rules.random) ?? "**"
      guard let policies = Self.checked(policy, "prove p resource docs \"\(pattern)\" never allowed") else { continue }
      let reader = try Reader(policies)
      let glob = URIGlob(Glob(pattern))
      let shown = Self.addresses.filter { address in
        var budget = MatchBudget()
        guard glob.touches(CanonicalURI(Array(address.utf8)), &budget) else { return false }
        return Reader.callers.contains { reader.verdict(address, $0) > 0 }
      }
      let context = "SEED=\(seed) \(pattern)\n\(policy) \(shown.prefix(3))"
      switch try #require(prove(policies).first).finding {
      case .proved:
        proved += 1
        #expect(shown.isEmpty, "\(context)")
      case .refuted(_, let witness, _):
        refuted += 1
        #expect(witness?.isConfirmed == true, "\(context)")
      case .unknown, .tooLarge: continue
      }
    }
    #expect(proved > 2 && refuted > 2, "\(proved) proved, \(refuted) refuted")
  }

  @Test func deadAndCoveredRulesAreTold() throws {
    func findings(_ rules: String...) throws -> [String] {
      ruleFindings(try #require(Self.checked([["scope s opens resource docs \"file:///a/**\"", "grant g s to bot"], rules]))).map(\.message)
    }
    #expect(
      try findings("deny wide on resource docs \"file:///a/b/**\"", "deny small on resource docs \"file:///a/b/c*\"").contains {
        $0.contains("`small`") && $0.contains("`wide`")
      })
    #expect(
      try findings("deny first on resource docs \"file:///**\"").contains { $0.contains("`g` opens nothing") })
    #expect(try findings("deny other on resource docs \"file:///a/b\"").isEmpty)
  }
}
