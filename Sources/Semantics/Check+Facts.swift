internal import JSON
internal import Syntax
internal import Text

/// A fact with what is known of its values.
struct Subject {
  enum Values {
    /// The distinct shapes the tools' schemas give it.
    case shapes([ValueShape])
    case claim(ClaimPath, isElement: Bool)
    case clock(ClockField)
  }

  let fact: Fact
  /// As written.
  let text: String
  let range: SourceRange
  let values: Values
  let maybeAbsent: Bool
  /// The tool whose schema speaks first, for messages.
  let tool: String?
  /// Where a `refine` has narrowed it.
  var refinement: SourceRange?
}

extension Checker {
  /// The fact a predicate speaks of; nil when it does not exist here, which has been reported.
  mutating func subject(of predicate: Predicate, known: Set<ArgumentPath>, _ context: ConditionContext) -> Subject? {
    let use = FactUse(isQuantified: predicate.quantifier != nil, isPresenceTest: predicate.test.isPresence)
    return subject(predicate.subject, use, known: known, context)
  }

  mutating func subject(_ operand: Operand, _ use: FactUse, known: Set<ArgumentPath>, _ context: ConditionContext) -> Subject? {
    let function: Identifier?
    let fact: FactPath
    switch operand.kind {
    case .fact(let path): (function, fact) = (nil, path)
    case .function(let name, let path): (function, fact) = (name, path)
    case .literal:
      // The parser has said that a condition starts with a fact.
      return nil
    }
    if let function, FactFunction(rawValue: function.text) == nil {
      reportUnknown(function: function)
      return nil
    }
    switch fact.root.text {
    case "args": return argument(fact, function, operand.range, use, known: known, context)
    case "token", "key": return claim(fact, function, operand.range, use)
    case "now": return clock(fact, function, operand.range, use, context)
    default:
      reportUnknown(root: fact, context)
      return nil
    }
  }

  private mutating func reportUnknown(function: Identifier) {
    let names = FactFunction.allCases.map(\.rawValue)
    let near = suggestion(for: function.text, among: names)
    report(
      .unknownFunction, "no function `\(function.text)`", function.range, "no such function",
      help: near.map { "did you mean `\($0)`?" } ?? "the functions are \(listed(names))", fixes: replacement(near, function.range))
  }

  private mutating func reportUnknown(root fact: FactPath, _ context: ConditionContext) {
    let word = fact.root.text
    if word == "result" {
      return report(
        .wrongPhase, "`result` does not exist when a call is decided", fact.range, "only after the call",
        help: "what a server returns is the business of `filter`; a rule decides before the call is made")
    }
    if word == "session" {
      return report(
        .unknownFact, "`\(fact.text)` is no fact", fact.range, "no such fact", help: "ask for a label: `session has NAME`")
    }
    var help = "facts start with `args`, `token`, `key` or `now`"
    var fixed: String?
    if case .admission(let targets?, _) = context.phase, targets.tools.contains(where: { tool($0).input[word] != nil }) {
      fixed = "args.\(word)"
    } else {
      fixed = suggestion(for: word, among: ["args", "token", "key", "now"])
    }
    if let fixed { help = "did you mean `\(fixed)`?" }
    report(
      .unknownFact, "`\(word)` is no fact", fact.root.range, "no such fact", help: help, fixes: replacement(fixed, fact.root.range))
  }

  func tool(_ reference: ToolReference) -> Snapshot.Tool { parts.servers[reference.server].snapshot.tools[reference.tool] }

  func name(of reference: ToolReference) -> String { "\(parts.servers[reference.server].name).\(tool(reference).name)" }

  // MARK: claims

  private mutating func claim(_ fact: FactPath, _ function: Identifier?, _ range: SourceRange, _ use: FactUse) -> Subject? {
    if let function {
      report(
        .typeMismatch, "`\(function.text)` reads arguments, not claims", function.range, "cannot read `\(fact.text)`",
        help: "compare the claim itself")
      return nil
    }
    guard let path = claimPath(fact, use) else { return nil }
    return Subject(
      fact: .claim(path), text: fact.text, range: range, values: .claim(path, isElement: use.isQuantified), maybeAbsent: true, tool: nil)
  }

  /// `token.sub`; nil: reported.
  mutating func claimPath(_ fact: FactPath, _ use: FactUse) -> ClaimPath? {
    guard let root = ClaimPath.Root(rawValue: fact.root.text) else { return nil }
    var steps: [String] = []
    for (index, step) in fact.steps.enumerated() {
      switch step {
      case .member(let name): steps.append(name.text)
      case .quoted(let name): steps.append(name.value)
      case .elements(let range):
        if use.isQuantified, index == fact.steps.count - 1 { continue }
        report(
          use.isQuantified ? .badQuantifier : .needsQuantifier, "a claim is tested as a whole, or with `any of` over its list", range,
          "not here", help: "write `any of \(root.rawValue).\(steps.joined(separator: ".")) == …`")
        return nil
      }
    }
    guard !steps.isEmpty else {
      report(
        .unknownFact, "`\(fact.text)` is no fact on its own", fact.range, "which claim?",
        help: root == .token ? "write `token.sub`, `token.client` or another claim" : "write `key.id`, `key.owner` or `key.tags`")
      return nil
    }
    let path = ClaimPath(root, steps)
    if root == .key, !keyFacts.contains(steps[0]) || steps.count > 1 {
      let near = suggestion(for: steps[0], among: keyFacts)
      report(
        .unknownFact, "an API key has no fact `\(steps.joined(separator: "."))`", fact.range, "no such fact",
        help: near.map { "did you mean `key.\($0)`?" } ?? "an API key has \(listed(keyFacts))")
      return nil
    }
    return path
  }

  // MARK: the clock

  private mutating func clock(
    _ fact: FactPath, _ function: Identifier?, _ range: SourceRange, _ use: FactUse, _ context: ConditionContext
  ) -> Subject? {
    if case .identity(let agent) = context.phase {
      report(
        .wrongPhase, "who agent `\(agent.text)` is cannot depend on the time", fact.range, "not a fact of the caller",
        help: "agents are told by `token` and `key`; ask for the time in the `when` of a rule")
      return nil
    }
    if use.isQuantified || function != nil {
      report(.badQuantifier, "`\(fact.text)` is one value", range, "no list", help: "compare it directly: `now.hour in 9..17`")
      return nil
    }
    if use.isPresenceTest {
      report(.alwaysHolds, "the clock is always there", range, "always present", help: "remove this test")
    }
    let field: ClockField?
    switch fact.steps.first {
    case nil: field = .moment
    case .member(let name): field = name.text == ClockField.moment.rawValue ? nil : ClockField(rawValue: name.text)
    default: field = nil
    }
    guard let field, fact.steps.count < 2 else {
      let names = ClockField.allCases.filter { $0 != .moment }.map(\.rawValue)
      let near = fact.steps.first.flatMap { step -> String? in
        guard case .member(let name) = step else { return nil }
        return suggestion(for: name.text, among: names)
      }
      report(
        .unknownFact, "the clock has no `\(fact.text)`", fact.range, "no such fact",
        help: near.map { "did you mean `now.\($0)`?" } ?? "the clock has \(listed(names)), in UTC; `now` itself compares with a date")
      return nil
    }
    return Subject(fact: .clock(field), text: fact.text, range: range, values: .clock(field), maybeAbsent: false, tool: nil)
  }
}

/// How a fact is used, which decides what it must be.
struct FactUse {
  let isQuantified: Bool
  let isPresenceTest: Bool
}

enum FactFunction: String, CaseIterable { case length, host, scheme }

let keyFacts = ["id", "owner", "tags"]

extension Predicate.Test {
  var isPresence: Bool { if case .present = self { true } else { false } }
}

extension FactPath {
  /// As it is written, in normal form.
  var text: String {
    steps.reduce(into: root.text) { text, step in
      switch step {
      case .member(let name): text += ".\(name.text)"
      case .quoted(let name): text += "[\"\(name.value)\"]"
      case .elements: text += "[*]"
      }
    }
  }
}
