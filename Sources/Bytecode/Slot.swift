package import JSON

/// One fact that rules of a target read: where its value comes from, and how it becomes a cell.
package struct Slot: Hashable, Sendable {
  package enum Form: UInt8, Sendable {
    case text, number, boolean
    /// Whether there is a value at all, of whatever type.
    case presence
    /// An array: of arguments or of a claim.
    case list
    /// A clock field's value plus one; its domain is small and whole.
    case field
    /// The moment itself, as a rank among `Program.moments`.
    case moment
    /// Derived from `base`: Unicode scalars of a text or elements of a list, as a rank.
    case length
    /// Derived from `base`: host of a URL.
    case host
    /// Derived from `base`: scheme of a URL.
    case scheme
    /// Derived from `base`: normalised path.
    case path
  }

  package var form: Form
  /// Of the literals that the text (or scheme) is compared with.
  package var space: Names.Space
  package var hasLiterals: Bool
  /// Of the sorted constants that the number (or length) is compared with, in `Program.numbers`; of a moment in `Program.moments`.
  package var constants: Range<UInt32>
  /// The slot a derived one is computed from.
  package var base: UInt32?
  /// Of an element's value: the list it is one of. Such a slot is bound anew for each element.
  package var list: UInt32?
  /// Of a list in the arguments: what is read of its elements, and the slots that are bound for each.
  package var element: UInt32?
  package var elements: Range<UInt32>
  /// Set when every constant is a whole multiple of 10^scale that fits `Int64`: then `Program.scaled` has them.
  package var scale: Int32?

  package init(
    form: Form, space: Names.Space = Names.Space(0), hasLiterals: Bool = false, constants: Range<UInt32> = 0..<0, scale: Int32? = nil,
    base: UInt32? = nil, list: UInt32? = nil, element: UInt32? = nil, elements: Range<UInt32> = 0..<0
  ) {
    self.form = form
    self.space = space
    self.hasLiterals = hasLiterals
    self.constants = constants
    self.base = base
    self.list = list
    self.scale = scale
    self.element = element
    self.elements = elements
  }

  package var isDerived: Bool { base != nil }
}

/// A place in the arguments that rules read or pass through, and what the snapshot says of the value there.
package struct Field: Hashable, Sendable {
  package enum Kind: UInt8, Sendable {
    case text, number, integer, boolean, array, object
    /// The snapshot does not say; only presence is asked.
    case unknown
  }

  /// Its name for people.
  package var number: FieldNumber
  package var kind: Kind
  package var isRequired: Bool
  /// `null` counts as absent.
  package var isNullable: Bool
  /// The slot of its value, and of whether there is one.
  package var value: UInt32?
  package var presence: UInt32?
  /// Of an object: what is read of its members, as indices into `Plan.fields`.
  package var members: Range<UInt32>

  package init(
    number: FieldNumber, kind: Kind, isRequired: Bool, isNullable: Bool, value: UInt32? = nil, presence: UInt32? = nil,
    members: Range<UInt32> = 0..<0
  ) {
    self.number = number
    self.kind = kind
    self.isRequired = isRequired
    self.isNullable = isNullable
    self.value = value
    self.presence = presence
    self.members = members
  }
}

/// What binding the arguments of one tool or prompt takes, and the rules on it.
package final class Plan: Sendable {
  /// The program's shared slots (claims and clock) first, then this target's own.
  package let slots: [Slot]
  package let shared: Int
  package let fields: [Field]
  /// By field, its name in the object around it; of an element, nothing.
  package let names: [MemberName]
  /// The fields of the arguments themselves.
  package let members: Range<UInt32>
  package let denies: Group?
  package let asks: Group?
  package let shadows: Group?
  /// One a layer that contains grants; a layer without a grant on this target has none here, and closes it.
  package let grants: [Group?]
  /// Every rule on the target, by number.
  package let rules: [PlannedRule]
  /// The slots that are computed from others, on first use in each call.
  package let derived: [UInt32]

  package init(
    slots: [Slot], shared: Int, fields: [Field], names: [MemberName], members: Range<UInt32>, denies: Group?, asks: Group?, shadows: Group?,
    grants: [Group?],
    rules: [PlannedRule]
  ) {
    self.slots = slots
    self.shared = shared
    self.fields = fields
    self.names = names
    self.members = members
    self.denies = denies
    self.asks = asks
    self.shadows = shadows
    self.grants = grants
    self.rules = rules
    derived = slots.indices.filter { slots[$0].isDerived }.map { UInt32($0) }
  }
}

/// A rule as one target sees it.
package struct PlannedRule: Hashable, Sendable {
  package var rule: RuleNumber
  package var chain: Chain
  /// For each instruction of the chain: which atom of `RuleInfo.atoms` it is.
  package var atoms: [UInt32]
  /// The first moment that is too late, in milliseconds; `Int64.max` for never.
  package var expires: Int64
  /// Agents it grants to; nil: everyone.
  package var agents: [UInt32]?

  package init(rule: RuleNumber, chain: Chain, atoms: [UInt32], expires: Int64 = .max, agents: [UInt32]? = nil) {
    self.rule = rule
    self.chain = chain
    self.atoms = atoms
    self.expires = expires
    self.agents = agents
  }
}
