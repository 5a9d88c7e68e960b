internal import Semantics
internal import Text

// Tests that could be left out of a condition, or are never what decides it: because the tool's schema says as much, or the rest of the
// condition, or what makes a caller the agent that is granted something.
extension RuleFinder {
  /// The first such test of a rule. Of several, each may be needed once another is gone.
  mutating func idleTest(of rule: CheckedPolicies.Rule, _ targets: [Target]) throws(TooLarge) -> Diagnostic? {
    let atoms = rule.condition.atoms
    for (number, atom) in atoms.enumerated() {
      // Whether something is there is often asked only so that the next test may be.
      if case .present = atom.test { continue }
      if known.contains(where: { $0.overlaps(atom.range) }) { continue }
      for value in [true, false] {
        let other = rule.condition.replacing(atom: number, by: value)
        guard try isSame(rule.number, other, targets) else { continue }
        return finding(atom, of: rule, isMet: value, try shown(rule, targets))
      }
    }
    return nil
  }

  private mutating func isSame(_ rule: Int, _ other: Condition, _ targets: [Target]) throws(TooLarge) -> Bool {
    for target in targets {
      let own = try calls(of: rule, on: target)
      if try calls(of: rule, with: other, on: target) != own { return false }
    }
    return true
  }

  private mutating func shown(_ rule: CheckedPolicies.Rule, _ targets: [Target]) throws(TooLarge) -> String {
    for target in targets {
      let calls = try calls(of: rule.number, on: target)
      if calls != .no { return shown(calls, target, "with it and without it, the rule speaks of") }
    }
    return ""
  }

  private func finding(_ atom: Atom, of rule: CheckedPolicies.Rule, isMet: Bool, _ shown: String) -> Diagnostic {
    let rest = rule.condition.atoms.count > 1 ? "the rest of the condition and the tools' schemas" : "the tools' schemas"
    let help =
      isMet
      ? "every call that \(rest) leave passes it: remove it, or correct what it was to keep out"
      : "it decides nothing that \(rest) leave open: remove it, or correct what it was to let in"
    return Diagnostic(
      .idleTest, "a test of `\(rule.name)` makes no difference",
      at: .init(atom.range, isMet ? "as if it always held" : "as if it never held"),
      help: help + shown)
  }
}

extension Condition {
  /// The condition with a constant in the place of one of its tests, counted in order of place.
  func replacing(atom number: Int, by value: Bool) -> Condition {
    var left = number
    return replacing(atom: &left, by: .constant(value))
  }

  /// - Parameter number: of the test that is replaced, less those that were passed.
  func replacing(atom number: inout Int, by other: Condition) -> Condition {
    switch self {
    case .constant: return self
    case .atom:
      number -= 1
      return number == -1 ? other : self
    case .not(let inner): return .not(inner.replacing(atom: &number, by: other))
    case .all(let parts): return .all(Self.replaced(parts, &number, other))
    case .any(let parts): return .any(Self.replaced(parts, &number, other))
    }
  }

  private static func replaced(_ parts: [Condition], _ number: inout Int, _ other: Condition) -> [Condition] {
    var replaced: [Condition] = []
    for part in parts { replaced.append(part.replacing(atom: &number, by: other)) }
    return replaced
  }
}

extension SourceRange {
  fileprivate func overlaps(_ other: SourceRange) -> Bool { file == other.file && lower < other.upper && other.lower < upper }
}
