package import Bytecode
package import JSON

/// Decides calls by one program. It has one owner, and what it writes to is used again: once warm, deciding a call of a tool or prompt does not
/// allocate. A decision is a function of program, principal, call, the session's labels and the moment.
package struct Evaluator: ~Copyable, Sendable {
  package let program: Program
  /// The shadow rules that held in the last decision, in order of name within denies and asks together. Not enforced.
  package internal(set) var shadowed: [RuleNumber] = []

  /// The program's: a copy, so that spans are of the evaluator's own storage.
  let tables: Tables
  var cells: [Cell]
  var scratch = Scratch()
  /// Whose claims are in `cells`.
  var bound: Principal?
  var agents: [UInt32] = []
  /// The moment in `cells`.
  var time: Moment?
  /// The labels in `cells`.
  var labels: KnownLabels?
  /// The document `null`: the arguments of those who have none.
  let nothing = Document()

  package init(_ program: Program) {
    self.program = program
    tables = program.tables
    cells = Array(repeating: Cell(value: Cell.absent, node: nothing.root), count: program.cells)
  }

  /// - Parameter principal: of the evaluator's program.
  @inline(__always)
  package mutating func decide(_ call: Call, principal: Principal, labels: LabelSet, now: Moment) -> Verdict {
    switch call {
    case .tool(let tool, let document, let arguments):
      decide(tool, document, arguments, principal: principal, labels: labels, now: now)
    case .prompt(let prompt, let document, let arguments):
      decide(prompt, document, arguments, principal: principal, labels: labels, now: now)
    case .resource(let server, let uri): decide(server, uri, principal, KnownLabels(labels), now)
    }
  }

  /// - Parameter arguments: a node of the document; nil, or JSON null, for a call without any.
  package mutating func decide(
    _ tool: ToolID, _ document: Document, _ arguments: Node?, principal: Principal, labels: LabelSet, now: Moment
  ) -> Verdict {
    let target = tables.tools[Int(tool.index)]
    let verdict = decide(target, document, arguments, principal, KnownLabels(labels), now)
    return principal.isBounded && !principal.opens(tool) ? verdict.outOfScope : verdict
  }

  package mutating func decide(
    _ prompt: PromptID, _ document: Document, _ arguments: Node?, principal: Principal, labels: LabelSet, now: Moment
  ) -> Verdict {
    let target = tables.prompts[Int(prompt.index)]
    let verdict = decide(target, document, arguments, principal, KnownLabels(labels), now)
    return principal.isBounded && !principal.opens(prompt) ? verdict.outOfScope : verdict
  }

  /// Whether some call of the target could be allowed or asked for, as far as can be told without its arguments: what could be is never said
  /// not to be, now or later in the session. A label that is there and that nothing clears stays; others may come and go.
  ///
  /// - Parameter labels: of the session; nil when the call would say which session it is of.
  package mutating func mayAllow(_ target: Target, principal: Principal, labels: LabelSet?, now: Moment) -> Bool {
    let known = KnownLabels(whatever: labels ?? LabelSet(), of: program)
    return switch target {
    case .tool(let tool): principal.opens(tool) && mayAllow(tables.tools[Int(tool.index)], principal, known, now)
    case .prompt(let prompt): principal.opens(prompt) && mayAllow(tables.prompts[Int(prompt.index)], principal, known, now)
    case .resource(let server, let uri): mayAllow(CanonicalURI(uri), of: server, principal, known, now)
    case .resourceTemplate(let server, let template):
      principal.mayOpen(server, template: template) && mayAllow(template, of: server, principal, known, now)
    }
  }
}

// MARK: Tools and prompts

extension Evaluator {
  private mutating func decide(
    _ target: Tables.Target?, _ document: Document, _ arguments: Node?, _ principal: Principal, _ labels: KnownLabels, _ now: Moment
  ) -> Verdict {
    begin(principal, labels, now)
    guard let target else { return .deny(.noGrant) }
    return decided(tables, target, document, arguments, agents, now, &cells, &scratch, &shadowed)
  }

  private mutating func mayAllow(_ target: Tables.Target?, _ principal: Principal, _ labels: KnownLabels, _ now: Moment) -> Bool {
    begin(principal, labels, now)
    guard let target else { return false }
    return couldBeAllowed(tables, target, nothing, agents, now, &cells, &scratch)
  }

  /// Puts claims, clock and labels into the shared cells, unless they are there from the last call.
  mutating func begin(_ principal: Principal, _ labels: KnownLabels, _ now: Moment) {
    precondition(principal.program === program, "a principal of another program")
    if !shadowed.isEmpty { shadowed.removeAll(keepingCapacity: true) }
    scratch.beginDecision()
    if bound !== principal {
      bind(principal.claims)
      agents = principal.agents
      bound = principal
    }
    if time != now {
      time = now
      if !tables.clocks.isEmpty { bindClock(now) }
    }
    if self.labels != labels {
      self.labels = labels
      for place in tables.labels {
        cells[place.slot].value = labels.there.contains(place.label) ? 2 : labels.unknown.contains(place.label) ? Cell.unknown : 1
      }
    }
  }

  mutating func bind(_ claims: BoundClaims) {
    for index in claims.cells.indices { cells[index] = claims.cells[index] }
    scratch.texts.claims = claims
    time = nil
    labels = nil
  }

  private mutating func bindClock(_ now: Moment) {
    var calendar: CalendarTime?
    for index in tables.clocks.indices {
      let clock = tables.clocks[index]
      if clock.field == .moment {
        cells[clock.slot].value = rank(of: now, tables.slots[tables.shared.slots.lowerBound + clock.slot].constants)
      } else {
        let known = calendar ?? CalendarTime(now)
        calendar = known
        // A year before 1 counts as the first: the set of years that a test holds for begins there.
        cells[clock.slot].value = UInt32(truncatingIfNeeded: max(0, min(known.value(clock.field), 9_999)) + 1)
      }
    }
  }

  private func rank(of now: Moment, _ constants: Range<UInt32>) -> UInt32 {
    var low = Int(constants.lowerBound)
    var high = Int(constants.upperBound)
    while low < high {
      let middle = (low &+ high) / 2
      if tables.moments[middle] < now.milliseconds { low = middle &+ 1 } else { high = middle }
    }
    let isEqual = low < Int(constants.upperBound) && tables.moments[low] == now.milliseconds
    return 2 &* (UInt32(low) &- constants.lowerBound) &+ (isEqual ? 2 : 1)
  }
}

/// What is known of a session's labels: each is there, or not there, or may be.
struct KnownLabels: Equatable {
  let there: LabelSet
  let unknown: LabelSet

  /// Of a call: all of them.
  init(_ labels: LabelSet) {
    there = labels
    unknown = LabelSet()
  }

  /// Whatever may still come of these in the session.
  init(whatever labels: LabelSet, of program: Program) {
    there = labels.subtracting(program.clearableLabels)
    unknown = program.allLabels.subtracting(there)
  }
}

/// A function of its own because a method could not write to some of the evaluator's properties while it holds spans of others.
private func decided(
  _ tables: borrowing Tables, _ target: Tables.Target, _ document: Document, _ arguments: Node?, _ agents: borrowing [UInt32],
  _ now: Moment, _ storage: inout [Cell], _ scratch: inout Scratch, _ shadowed: inout [RuleNumber]
) -> Verdict {
  let reading = Reading(tables, target, now: now)
  let nobody = Span<UInt32>()
  var cells = storage.mutableSpan
  if let denial = reading.bind(document, arguments, &cells, &scratch) { return .deny(denial) }
  if let group = target.shadows { reading.collectShadows(group, into: &shadowed, document, &cells, &scratch) }
  // A test that cannot be evaluated denies and asks, and does not grant.
  if let group = target.denies, let rule = reading.first(in: group, nobody, whenUnknown: true, document, &cells, &scratch) {
    return .deny(.byRule(rule))
  }
  guard let grant = reading.grant(agents.span, whenUnknown: false, document, &cells, &scratch) else { return .deny(.noGrant) }
  if let group = target.asks, let rule = reading.first(in: group, nobody, whenUnknown: true, document, &cells, &scratch) {
    return .ask(Question(ask: rule, grant: grant))
  }
  return .allow(Grounds(grant: grant))
}

private func couldBeAllowed(
  _ tables: borrowing Tables, _ target: Tables.Target, _ document: Document, _ agents: borrowing [UInt32], _ now: Moment,
  _ storage: inout [Cell], _ scratch: inout Scratch
) -> Bool {
  let reading = Reading(tables, target, now: now, isListing: true)
  var cells = storage.mutableSpan
  reading.forgetArguments(&cells, &scratch)
  if let group = target.denies, reading.first(in: group, Span(), whenUnknown: false, document, &cells, &scratch) != nil { return false }
  return reading.grant(agents.span, whenUnknown: true, document, &cells, &scratch) != nil
}
