import Analysis
import JSON
import Semantics
import TestSupport
import Testing

/// Differences against an SMT solver, over decimals, texts, patterns and claims without bounds.
///
/// `PROPERTY_RUNS=200 swift test --filter SolverTests` is the long run; `SEED=…` repeats one.
@Suite(.enabled(if: Oracles.isReady, Oracles.absent))
struct SolverTests {
  private struct Pair {
    let context: String
    let comparison: Comparison
    let areFingerprintsEqual: Bool
  }

  @Test func differencesAreThoseTheSolverFinds() throws {
    let seed = propertySeed()
    let runs = propertyRuns(25)
    var worlds = World(seed: seed, .many)
    var pairs: [Pair] = []
    var problems: [Value] = []
    while pairs.count < runs {
      let policy = worlds.policy()
      // Some that only look otherwise.
      let (other, text): (World.Policy, String)
      if worlds.random.chance(25) {
        (other, text) = (policy, worlds.rewritten(policy))
      } else {
        other = worlds.changed(policy)
        text = other.text
      }
      guard let old = worlds.checked(policy.text), let new = worlds.checked(text) else { continue }
      let comparison = compare(old, new)
      let witnesses = comparison.targets.flatMap(\.regions).map { region in
        "\(region.witness.map(SMT.given) ?? "(assert false)")(assert (and (= old \(World.rank(region.before))) (= new \(World.rank(region.after)))))"
      }
      let queries = ["(assert (< old new))", "(assert (> old new))"] + witnesses
      problems.append(["common": .string(SMT.problem(policy, other)), "queries": .array(queries.map(Value.string))])
      pairs.append(
        Pair(
          context: "SEED=\(seed)\n\(policy.text)\n--- and\n\(text)", comparison: comparison,
          areFingerprintsEqual: semanticFingerprint(old) == semanticFingerprint(new)))
    }
    let answers = try Oracles.answer("solve.py", ["problems": .array(problems)]).elements ?? []
    #expect(answers.count == pairs.count)
    var (undecided, changed) = (0, 0)
    for (pair, answer) in zip(pairs, answers) {
      let said = (answer.elements ?? []).compactMap(\.string)
      guard !said.contains("unknown") else {
        undecided += 1
        continue
      }
      let expected = Comparison.Direction(isWider: said[0] == "sat", isNarrower: said[1] == "sat")
      #expect(pair.comparison.targets.first?.direction == expected, "\(pair.context)")
      if expected != nil {
        changed += 1
        #expect(!pair.areFingerprintsEqual, "\(pair.context)")
      }
      for (region, answer) in zip(pair.comparison.targets.flatMap(\.regions), said.dropFirst(2)) {
        #expect(answer == "sat", "the solver refuses \(region.witness?.line ?? "no witness") for \(region): \(pair.context)")
      }
    }
    #expect(undecided * 20 <= runs, "the solver gave up on \(undecided) of \(runs)")
    #expect(changed > runs / 4, "hardly any pair differs")
  }
}

/// Two policies and one call, in SMT-LIB 2.
private enum SMT {
  static func problem(_ old: World.Policy, _ new: World.Policy) -> String {
    """
    (declare-const n Real)(assert (and (<= 0.0 n) (<= n 20.0)))
    (declare-const c? Bool)(declare-const c String)(assert (<= (str.len c) 8))
    (declare-const f? Bool)(declare-const f Bool)
    (declare-const sub? Bool)(declare-const sub String)
    (declare-const level? Bool)(declare-const level Real)
    (declare-const named Int)(assert (and (<= 0 named) (<= named 2)))
    (assert (=> (= named 1) (and sub? (= sub "bot") (not level?))))
    (assert (=> (= named 2) (and (not sub?) (not level?))))
    (define-fun bot () Bool (or (= named 1) (and (= named 0) sub? (= sub "bot"))))
    (define-fun desk () Bool (or (= named 2) (and (= named 0) sub? (or (= sub "desk") (= sub "d")))))
    (define-fun old () Int \(verdict(old)))
    (define-fun new () Int \(verdict(new)))

    """
  }

  private static func verdict(_ policy: World.Policy) -> String {
    func some(_ isMeant: (World.Rule.Kind) -> String?) -> String {
      let parts = policy.rules.compactMap { rule in isMeant(rule.kind).map { "(and \($0) \(rule.formula?.smt ?? "true"))" } }
      return "(or false \(parts.joined(separator: " ")))"
    }
    let granted = some { kind in
      guard case .grant(let agents) = kind else { return nil }
      return agents.isEmpty ? "true" : "(or \(agents.joined(separator: " ")))"
    }
    let denied = some { if case .deny = $0 { "true" } else { nil } }
    let asked = some { if case .ask = $0 { "true" } else { nil } }
    return "(ite \(denied) 0 (ite (not \(granted)) 0 (ite \(asked) 1 2)))"
  }

  /// That the call is this one.
  static func given(_ witness: Witness) -> String {
    var parts: [String] = []
    func say(_ name: String, _ value: Value?) {
      guard let value, !value.isNull else {
        parts.append("(not \(name)?)")
        return
      }
      if name != "n" { parts.append("\(name)?") }
      switch value {
      case .string(let text): parts.append("(= \(name) \"\(text.replacing("\"", with: "\"\""))\")")
      case .boolean(let boolean): parts.append("(= \(name) \(boolean))")
      default: parts.append("(= \(name) \(number(String(decoding: write(value), as: UTF8.self))))")
      }
    }
    say("n", witness.arguments["n"])
    say("c", witness.arguments["c"])
    say("f", witness.arguments["f"])
    if case .named(let name) = witness.caller {
      parts.append("(= named \(name == "bot" ? 1 : 2))")
    } else {
      parts.append("(= named 0)")
      for name in ["sub", "level"] { say(name, witness.claims[ClaimPath(.token, [name])]) }
    }
    return "(assert (and \(parts.joined(separator: " "))))"
  }

  private static func number(_ text: String) -> String { text.hasPrefix("-") ? "(- \(text.dropFirst()))" : text }
}
