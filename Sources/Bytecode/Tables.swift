package import JSON
package import Patterns

/// What decisions read of a program, as flat arrays: an evaluator keeps a copy (of the arrays' references), takes spans of them once a
/// decision, and from there on reads plain values without counting references. Made of the program's parts; says nothing they do not.
package struct Tables: Sendable {
  /// A plan, as places in the arrays.
  package struct Target: Sendable {
    package let slots: Range<Int>
    package let derived: Range<Int>
    package let fields: Range<Int>
    /// Within `fields`: those of the arguments themselves.
    package let members: Range<UInt32>
    package let denies: FlatGroup?
    package let asks: FlatGroup?
    package let shadows: FlatGroup?
    /// One a layer that contains grants.
    package let grants: Range<Int>
  }

  /// A group without an array of its own.
  package struct FlatGroup: Sendable {
    package let number: UInt32
    package let hasAgents: Bool
    package let pivotCount: Int
    package let pivots: InlineArray<3, UInt32>

    init(_ group: Group) {
      precondition(group.pivots.count <= Buckets.pivots)
      number = group.number
      hasAgents = group.hasAgents
      pivotCount = group.pivots.count
      pivots = InlineArray { $0 < group.pivots.count ? group.pivots[$0] : 0 }
    }
  }

  /// A field with its name ready to be looked for.
  package struct NamedField: Sendable {
    package let field: Field
    package let words: NameWords
    package let fingerprint: UInt32
  }

  /// A cell that the clock fills.
  package struct Clock: Sendable {
    package let slot: Int
    package let field: ClockField
  }

  /// A cell that says whether the session has a label.
  package struct SessionLabel: Sendable {
    package let slot: Int
    package let label: LabelID
  }

  /// Nil: closed to everyone.
  package private(set) var tools: [Target?] = []
  package private(set) var prompts: [Target?] = []
  /// What rules on resources and conditions of agents read.
  package private(set) var shared: Target
  /// How many slots every target begins with.
  package let sharedCount: Int

  package private(set) var slots: [Slot] = []
  package private(set) var derived: [UInt32] = []
  package private(set) var fields: [NamedField] = []
  /// By field, for names that do not fit `NamedField.words`.
  package private(set) var names: [MemberName] = []
  package private(set) var grants: [FlatGroup?] = []
  package let clocks: [Clock]
  package let labels: [SessionLabel]
  package let code: [Instruction]
  package let candidates: [Candidate]
  package let buckets: Buckets
  package let literals: Names
  package let pool: Pool
  package let numbers: [Number]
  package let scaled: [Int64]
  package let moments: [Int64]
  package let patterns: [Pattern]

  init(_ parts: Program.Parts) {
    sharedCount = parts.shared.slots.count
    clocks = parts.sources.enumerated().compactMap { slot, source in
      if case .clock(let field) = source { Clock(slot: slot, field: field) } else { nil }
    }
    labels = parts.sources.enumerated().compactMap { slot, source in
      if case .label(let label) = source { SessionLabel(slot: slot, label: label) } else { nil }
    }
    code = parts.code
    candidates = parts.candidates
    buckets = parts.buckets
    literals = parts.names
    pool = parts.pool
    numbers = parts.numbers
    scaled = parts.scaled
    moments = parts.moments
    patterns = parts.patterns
    shared = Target(slots: 0..<0, derived: 0..<0, fields: 0..<0, members: 0..<0, denies: nil, asks: nil, shadows: nil, grants: 0..<0)
    shared = add(parts.shared)
    tools = parts.tools.map { $0.plan.map { add($0) } }
    prompts = parts.prompts.map { $0.plan.map { add($0) } }
  }

  private mutating func add(_ plan: Plan) -> Target {
    let first = (slots: slots.count, derived: derived.count, fields: fields.count, grants: grants.count)
    slots += plan.slots
    derived += plan.derived
    names += plan.names
    fields += zip(plan.fields, plan.names).map { field, name in
      NamedField(field: field, words: NameWords(name.text), fingerprint: NameWords(name.text).fingerprint)
    }
    grants += plan.grants.map { $0.map(FlatGroup.init) }
    return Target(
      slots: first.slots..<slots.count, derived: first.derived..<derived.count, fields: first.fields..<fields.count, members: plan.members,
      denies: plan.denies.map(FlatGroup.init), asks: plan.asks.map(FlatGroup.init), shadows: plan.shadows.map(FlatGroup.init),
      grants: first.grants..<grants.count)
  }
}
