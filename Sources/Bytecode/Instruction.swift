/// What one instruction asks of one cell. `lower` and `upper` mean what the case says.
package enum Operation: UInt8, Sendable, CaseIterable {
  /// The cell's value lies in `lower...upper`: equality, order, ranges and presence alike (see `Cell`).
  case inInterval
  /// Bit `value` of the set of `upper` bits at word `lower` of `Pool.words` is set.
  case inSet
  /// The text begins with one of the texts `lower..<upper` of the pool.
  case startsWith
  case endsWith
  case contains
  /// The normalised path is one of the paths `lower..<upper` of the pool, or lies below one.
  case under
  /// The host is one of the hosts `lower..<upper` of the pool; one that begins with `*.` stands for one or more labels before the rest.
  case hostIn
  /// The whole text matches pattern `lower` of the program.
  case matches
  /// The text equals the text of slot `lower`.
  case sameText
  /// The number equals the number of slot `lower`.
  case sameNumber
}

/// How the values of a slot that holds several are taken together.
package enum Quantifier: UInt8, Sendable, CaseIterable {
  /// The slot holds one value.
  case one
  /// True when the test holds for at least one value; false when there is none.
  case any
  /// True when the test holds for every value; true when there is none.
  case all
}

/// One test with two ways out: a condition is a chain of these, as in a packet filter. Ways lead forward only, so a chain ends after at most as
/// many steps as it has instructions. 24 bytes.
package struct Instruction: Hashable, Sendable {
  package var operation: Operation
  private var flags: UInt8
  package var slot: UInt32
  package var lower: UInt32
  package var upper: UInt32
  /// Where to go when the test holds (or, negated, does not): a distance forward from this instruction (at least 1), `accept` or `reject`.
  package var whenTrue: UInt32
  package var whenFalse: UInt32

  /// The condition holds.
  package static let accept: UInt32 = .max
  /// The condition does not hold.
  package static let reject: UInt32 = .max - 1

  /// How the values of a slot that holds several are taken together.
  package var quantifier: Quantifier { Quantifier(rawValue: flags & 3) ?? .one }
  /// Whether the instruction holds when the test does not. Conditions are in negation normal form: this is the only negation there is, so an
  /// instruction that cannot be evaluated may be given the value that is safe for its rule.
  package var isNegated: Bool { flags & 4 != 0 }

  package init(
    _ operation: Operation, quantifier: Quantifier = .one, isNegated: Bool = false, slot: UInt32, lower: UInt32, upper: UInt32,
    whenTrue: UInt32 = Instruction.accept, whenFalse: UInt32 = Instruction.reject
  ) {
    self.operation = operation
    flags = quantifier.rawValue | (isNegated ? 4 : 0)
    self.slot = slot
    self.lower = lower
    self.upper = upper
    self.whenTrue = whenTrue
    self.whenFalse = whenFalse
  }
}

/// A condition's chain of instructions in the program's code. An empty chain holds always.
package struct Chain: Hashable, Sendable {
  package var start: UInt32
  package var count: UInt32

  package init(start: UInt32, count: UInt32) {
    self.start = start
    self.count = count
  }

  package static let always = Chain(start: 0, count: 0)
}
