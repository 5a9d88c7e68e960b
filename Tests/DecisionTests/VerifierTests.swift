import Bytecode
import Decision
import JSON
import TestSupport
import Testing

@testable import Compilation

/// The verifier stands between whoever makes programs and the evaluator: of programs changed at random it accepts only those that can be
/// evaluated, and a trap here is a hole in it.
@Suite struct VerifierTests {
  @Test func acceptedMutantsCanBeEvaluated() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var accepted = 0
    var refused = 0
    for _ in 0..<12 {
      var generator = PolicyGenerator(seed: random.next())
      let tools = generator.tools()
      guard let policies = try? checked(generator.files(tools)) else { continue }
      let program = try compile(policies, generation: 1)
      for _ in 0..<propertyRuns(150) {
        var parts = parts(of: program)
        for _ in 0..<Int.random(in: 1...2, using: &random) { mutate(&parts, &random) }
        guard let mutant = try? Program(parts) else {
          refused += 1
          continue
        }
        accepted += 1
        try evaluate(mutant, tools, &random)
      }
    }
    #expect(accepted > 50 && refused > 50, "SEED=\(seed): \(accepted) accepted, \(refused) refused")
  }

  private func evaluate(_ program: Program, _ tools: [PolicyGenerator.Tool], _ random: inout SeededGenerator) throws {
    var requests = RequestGenerator(seed: random.next())
    var evaluator = Evaluator(program)
    for _ in 0..<6 {
      let index = Int.random(in: 0..<tools.count, using: &random)
      let arguments = requests.arguments(tools[index])
      let document = try Document(text: arguments?.json(&requests.random) ?? "{}")
      var claims: [Bytecode.ClaimPath: JSON.Value] = [:]
      for (path, value) in requests.claims() {
        claims[Bytecode.ClaimPath(path)] = JSON.Value(try Document(text: value.json(&requests.random)), Document().root)
      }
      let principal = Principal(Identity(caller: .verified, claims: claims), of: program)
      let now = Moment(milliseconds: requests.moment())
      let call = Call.tool(ToolID(UInt32(index)), document, arguments: document.root)
      _ = evaluator.explain(call, principal: principal, labels: LabelSet(), now: now)
      _ = evaluator.mayAllow(.tool(ToolID(UInt32(index))), principal: principal, labels: LabelSet(), now: now)
    }
  }

  private func parts(of program: Program) -> Program.Parts {
    var parts = Program.Parts(fingerprint: program.fingerprint, shared: program.shared)
    parts.rules = program.rules
    parts.servers = program.servers
    parts.tools = program.tools
    parts.prompts = program.prompts
    parts.agents = program.agents
    parts.filterPatterns = program.filterPatterns
    parts.patternSets = program.patternSets
    parts.filters = program.filters
    parts.labels = program.labels
    parts.approvalLabels = program.approvalLabels
    parts.sessionKey = program.sessionKey
    parts.sources = program.sources
    parts.grantingLayers = program.grantingLayers
    parts.fields = program.fields
    parts.names = program.names
    parts.pool = program.pool
    parts.numbers = program.numbers
    parts.scaled = program.scaled
    parts.moments = program.moments
    parts.patterns = program.patterns
    parts.code = program.code
    parts.candidates = program.candidates
    parts.buckets = program.buckets
    return parts
  }

  /// A number near those in use, or one far from them.
  private func number(_ near: UInt32, _ random: inout SeededGenerator) -> UInt32 {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: .max - UInt32.random(in: 0...2, using: &random)
    case 1: UInt32.random(in: 0...UInt32.max, using: &random)
    case 2: near &+ 1
    case 3: near &- 1
    default: UInt32.random(in: 0..<16, using: &random)
    }
  }

  private func mutate(_ parts: inout Program.Parts, _ random: inout SeededGenerator) {
    switch Int.random(in: 0..<5, using: &random) {
    case 0, 1:
      guard let place = parts.code.indices.randomElement(using: &random) else { return }
      mutate(&parts.code[place], &random)
    case 2:
      guard let place = parts.candidates.indices.randomElement(using: &random) else { return }
      switch Int.random(in: 0..<3, using: &random) {
      case 0: parts.candidates[place].chain.start = number(parts.candidates[place].chain.start, &random)
      case 1: parts.candidates[place].chain.count = number(parts.candidates[place].chain.count, &random)
      default: parts.candidates[place].rule = RuleNumber(number(parts.candidates[place].rule.index, &random))
      }
    case 3:
      guard let place = parts.sources.indices.randomElement(using: &random) else { return }
      parts.sources[place] = .clock(ClockField.allCases.randomElement(using: &random) ?? .moment)
    default:
      guard let place = parts.tools.indices.randomElement(using: &random), let plan = parts.tools[place].plan else { return }
      let old = parts.tools[place]
      parts.tools[place] = PinnedInfo(server: old.server, name: old.name, digest: old.digest, plan: mutant(of: plan, &random))
    }
  }

  private func mutate(_ instruction: inout Instruction, _ random: inout SeededGenerator) {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: instruction.slot = number(instruction.slot, &random)
    case 1: instruction.lower = number(instruction.lower, &random)
    case 2: instruction.upper = number(instruction.upper, &random)
    case 3: instruction.whenTrue = number(instruction.whenTrue, &random)
    case 4: instruction.whenFalse = number(instruction.whenFalse, &random)
    case 5: instruction.operation = Operation.allCases.randomElement(using: &random) ?? .inSet
    default:
      instruction = Instruction(
        instruction.operation, quantifier: Quantifier.allCases.randomElement(using: &random) ?? .one, isNegated: random.chance(50),
        slot: instruction.slot, lower: instruction.lower, upper: instruction.upper, whenTrue: instruction.whenTrue,
        whenFalse: instruction.whenFalse)
    }
  }

  private func mutant(of plan: Plan, _ random: inout SeededGenerator) -> Plan {
    var slots = plan.slots
    var fields = plan.fields
    var members = plan.members
    var rules = plan.rules
    var denies = plan.denies
    switch Int.random(in: 0..<9, using: &random) {
    case 0: if let place = slots.indices.randomElement(using: &random) { slots[place].base = number(UInt32(place), &random) }
    case 1: if let place = slots.indices.randomElement(using: &random) { slots[place].list = number(UInt32(place), &random) }
    case 2: if let place = slots.indices.randomElement(using: &random) { slots[place].element = number(UInt32(fields.count), &random) }
    case 3:
      if let place = slots.indices.randomElement(using: &random) {
        slots[place].constants = 0..<number(slots[place].constants.upperBound, &random)
      }
    case 4: if let place = fields.indices.randomElement(using: &random) { fields[place].value = number(UInt32(slots.count), &random) }
    case 5:
      if let place = fields.indices.randomElement(using: &random) { fields[place].members = 0..<number(UInt32(fields.count), &random) }
    case 6: members = 0..<number(members.upperBound, &random)
    case 7:
      if let place = rules.indices.randomElement(using: &random) { rules[place].chain.start = number(rules[place].chain.start, &random) }
    default: denies?.pivots.append(number(UInt32(slots.count), &random))
    }
    return Plan(
      slots: slots, shared: plan.shared, fields: fields, names: plan.names, members: members, denies: denies, asks: plan.asks,
      shadows: plan.shadows, grants: plan.grants, rules: rules)
  }
}
