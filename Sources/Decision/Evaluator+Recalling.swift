package import Bytecode
internal import JSON

/// A verdict on a call of which not every value is there any more.
package enum RecalledVerdict: Sendable {
  case certain(Verdict)
  /// It depends on a test of a value that is not there, and of which nothing else is known. Whatever that value was, the call was treated no
  /// worse than `strictest` and no better than `loosest`.
  case uncertain(strictest: Verdict, loosest: Verdict)
}

extension Evaluator {
  /// Decides a call whose arguments are masked in part (`MaskedText`).
  ///
  /// A condition has no negation but at its tests, so taking the safe value for every test that is not known gives the strictest verdict, and
  /// the unsafe value the loosest. Where they are the same, so is every verdict between them.
  ///
  /// - Parameter outcomes: of tests, by place in the program's code.
  package mutating func decide(
    _ call: Call, recalling outcomes: [RecalledTests.Outcome], principal: Principal, labels: LabelSet, now: Moment
  ) -> RecalledVerdict {
    scratch.recalled.isActive = true
    scratch.recalled.outcomes = outcomes
    defer { scratch.recalled = RecalledTests() }
    scratch.recalled.begin(optimistic: false)
    let strictest = decide(call, principal: principal, labels: labels, now: now)
    guard scratch.recalled.hasMissed else { return .certain(strictest) }
    scratch.recalled.begin(optimistic: true)
    let loosest = decide(call, principal: principal, labels: labels, now: now)
    // Of the shadow rules only those that held in any case.
    return strictest == loosest ? .certain(strictest) : .uncertain(strictest: strictest, loosest: loosest)
  }

  /// What the tests of texts and claims on a call's target come to: places in the program's code, each once. Not for the hot path.
  package mutating func testOutcomes(
    _ call: Call, principal: Principal, labels: LabelSet, now: Moment
  ) -> [(place: Int, outcome: RecalledTests.Outcome)] {
    _ = decide(call, principal: principal, labels: labels, now: now)
    switch call {
    case .tool(let tool, let document, let arguments):
      guard let target = tables.tools[Int(tool.index)], let plan = program.tool(tool).plan else { return [] }
      return outcomes(tables, target, plan, document, arguments, now, &cells, &scratch)
    case .prompt(let prompt, let document, let arguments):
      guard let target = tables.prompts[Int(prompt.index)], let plan = program.prompt(prompt).plan else { return [] }
      return outcomes(tables, target, plan, document, arguments, now, &cells, &scratch)
    case .resource: return []
    }
  }
}

private func outcomes(
  _ tables: borrowing Tables, _ target: Tables.Target, _ plan: Plan, _ document: Document, _ arguments: Node?, _ now: Moment,
  _ storage: inout [Cell], _ scratch: inout Scratch
) -> [(place: Int, outcome: RecalledTests.Outcome)] {
  let reading = Reading(tables, target, now: now)
  var cells = storage.mutableSpan
  if reading.bind(document, arguments, &cells, &scratch) != nil { return [] }
  var found: [(place: Int, outcome: RecalledTests.Outcome)] = []
  for rule in plan.rules {
    for offset in 0..<Int(rule.chain.count) {
      let place = Int(rule.chain.start) + offset
      let instruction = reading.code[place]
      guard plan.slots[Int(instruction.slot)].mayBeMasked else { continue }
      let outcome: RecalledTests.Outcome =
        switch reading.truth(instruction, document, &cells, &scratch) {
        case .yes: .yes
        case .no: .no
        case .unknown: .undecided
        }
      found.append((place, outcome))
    }
  }
  return found
}

extension Slot {
  /// Whether its value may be missing from a recording: clock, labels and presence never are.
  package var mayBeMasked: Bool {
    switch form {
    case .text, .number, .list, .length, .host, .scheme, .path: true
    case .boolean, .presence, .field, .moment: false
    }
  }
}
