/// Literals of which every match holds one, and where: what a prefilter may look for instead of running the expression everywhere.
package struct Trigger: Hashable, Sendable {
  /// Folded as `FoldedBytes` says, runs of white space drawn together; none is empty.
  package let literals: Set<[UInt8]>
  /// How many bytes of the text may lie between the start of a match and the start of the literal, a long form (`FoldedBytes.longForms`) counted as the one byte
  /// it folds to. A literal that begins with a blank may begin at any byte of its run of white space.
  package let offset: ClosedRange<Int>
}

extension RegularExpression {
  /// Triggers such that every match has, for at least one of them, one of its literals at one of its offsets. Nil: nothing that would spare more than
  /// it costs, so the expression has to be run on every text.
  ///
  /// Derived from the tree and from nothing else. Assertions, atomic groups and possessive repetitions only take matches away, so they are
  /// ignored.
  package func triggers() -> [Trigger]? {
    let triggers = root.triggers()
    // Candidates more often than at every eighth byte cost more than the expression's own start.
    guard let triggers, triggers.reduce(0, { $0 + $1.cost }) < 0.125 else { return nil }
    return triggers
  }
}

/// How far literals are followed.
private enum LiteralLimits {
  /// Literals of one trigger: enough for the words of a long alternation and not for the product of two.
  static let literals = 64
  /// Bytes of one literal: longer ones hit no less often.
  static let length = 14
  /// Different folded characters a class may stand for.
  static let alternatives = 8
  /// The most rounds of a repetition that are written out one by one.
  static let rounds = 4
  /// Bytes before a literal. Each is one more place where a match might start.
  static let window = 512
}

/// Folded texts one of which every match starts with. A complete one is all of a match of the part; after the others anything may follow.
private struct Prefixes {
  var complete: Set<[UInt8]>
  var partial: Set<[UInt8]>

  static let empty = Prefixes(complete: [[]], partial: [])

  /// White space and nothing else, of which any number is as good as one.
  var isBlank: Bool { complete == [[FoldedBytes.blank]] && partial.isEmpty }

  var count: Int { complete.count + partial.count }
  var all: Set<[UInt8]> { complete.union(partial) }

  var asPartial: Prefixes { Prefixes(complete: [], partial: all) }

  func union(_ other: Prefixes) -> Prefixes {
    Prefixes(complete: complete.union(other.complete), partial: partial.union(other.partial))
  }

  /// Followed by another part; as it is, but partial, where that would be too many.
  func followed(by next: Prefixes?) -> Prefixes {
    guard let next, complete.count * next.count + partial.count <= LiteralLimits.literals else { return asPartial }
    var result = Prefixes(complete: [], partial: partial)
    for first in complete {
      guard first.count < LiteralLimits.length else {
        result.partial.insert(first)
        continue
      }
      for second in next.complete { result.add(FoldedBytes.join(first, second)) }
      for second in next.partial { result.partial.insert(Array(FoldedBytes.join(first, second).prefix(LiteralLimits.length))) }
    }
    return result
  }

  private mutating func add(_ literal: [UInt8]) {
    if literal.count <= LiteralLimits.length {
      complete.insert(literal)
    } else {
      partial.insert(Array(literal.prefix(LiteralLimits.length)))
    }
  }
}

extension Expression {
  /// The parts one after another, groups opened.
  private var parts: [Expression] {
    switch self {
    case .sequence(let parts): parts.flatMap(\.parts)
    case .group(let inner, _): inner.parts
    default: [self]
    }
  }

  fileprivate func triggers() -> [Trigger]? {
    let parts = parts
    if parts.count == 1, case .choice(let alternatives) = parts[0] {
      let whole = Self.best(parts)
      // Each alternative may have a better place of its own.
      var each: [Trigger] = []
      for alternative in alternatives {
        guard let triggers = alternative.triggers() else { return whole.map { [$0] } }
        each += triggers
      }
      guard let whole else { return each }
      return whole.cost <= each.reduce(0, { $0 + $1.cost }) ? [whole] : each
    }
    return Self.best(parts).map { [$0] }
  }

  /// The cheapest trigger among those that begin at each part.
  private static func best(_ parts: [Expression]) -> Trigger? {
    var lead = Width.none
    var best: Trigger?
    for start in parts.indices {
      guard let most = lead.maximum, most <= LiteralLimits.window else { break }
      var prefixes = Prefixes.empty
      for part in parts[start...] {
        if prefixes.complete.isEmpty { break }
        prefixes = prefixes.followed(by: part.prefixes)
      }
      let literals = prefixes.all
      if !literals.isEmpty && !literals.contains([]) {
        let trigger = Trigger(literals: literals, offset: lead.minimum...most)
        if trigger.cost < best?.cost ?? .infinity { best = trigger }
      }
      let width = parts[start].foldedWidth
      lead.minimum += width.minimum
      lead.maximum = width.maximum.map { most + $0 }
    }
    return best
  }

  /// Nil: too many.
  private var prefixes: Prefixes? {
    switch self {
    case .empty, .assertion: return .empty
    case .literal, .characterClass, .any: return Self.prefixes(of: scalars)
    case .group(let inner, _): return inner.prefixes
    case .sequence(let parts):
      var result = Prefixes.empty
      for part in parts { result = result.followed(by: part.prefixes) }
      return result
    case .choice(let alternatives):
      var result = Prefixes(complete: [], partial: [])
      for alternative in alternatives {
        guard let next = alternative.prefixes else { return nil }
        result = result.union(next)
        if result.count > LiteralLimits.literals { return nil }
      }
      return result
    case .repetition(let inner, let quantifier):
      guard quantifier.maximum != 0 else { return .empty }
      guard let once = inner.prefixes else { return nil }
      if once.isBlank { return quantifier.minimum == 0 ? once.union(.empty) : once }
      if let few = Self.fewTimes(once, quantifier) { return few }
      if quantifier.minimum == 0 {
        return (quantifier.maximum == 1 ? once : once.asPartial).union(.empty)
      }
      var result = Prefixes.empty
      for _ in 0..<min(quantifier.minimum, LiteralLimits.length) { result = result.followed(by: once) }
      return quantifier.maximum == quantifier.minimum && quantifier.minimum <= LiteralLimits.length ? result : result.asPartial
    }
  }

  /// Every number of rounds written out, where that is not too much.
  private static func fewTimes(_ once: Prefixes, _ quantifier: Quantifier) -> Prefixes? {
    guard let maximum = quantifier.maximum, maximum <= LiteralLimits.rounds, once.partial.isEmpty else { return nil }
    var result = Prefixes(complete: [], partial: [])
    var rounds = Prefixes.empty
    for round in 0...maximum {
      if round >= quantifier.minimum { result = result.union(rounds) }
      guard round < maximum else { break }
      rounds = rounds.followed(by: once)
      guard rounds.partial.isEmpty, result.count + rounds.count <= LiteralLimits.literals else { return nil }
    }
    return result
  }

  private static func prefixes(of set: ScalarSet) -> Prefixes? {
    // An empty set has no match at all; saying nothing of it is always right.
    guard !set.isEmpty, set.count <= 64 else { return nil }
    var folded: Set<[UInt8]> = []
    for range in set.ranges {
      for value in range {
        guard let scalar = Unicode.Scalar(value) else { return nil }
        folded.insert(FoldedBytes.fold(scalar))
      }
    }
    return folded.count <= LiteralLimits.alternatives ? Prefixes(complete: folded, partial: []) : nil
  }
}

extension Trigger {
  /// Roughly how many places a byte of ordinary text has to be tried at; only an order among triggers hangs on it, never whether a match is found.
  package var cost: Double {
    let hits = literals.reduce(0.0) { $0 + Self.frequency($1) }
    return hits * (1 + Double(offset.count - 1) / 8)
  }

  /// Letters lean on each other, so a text is more frequent than the product of its letters says.
  private static func frequency(_ literal: [UInt8]) -> Double {
    literal.reduce(1) { $0 * max(0.004, frequency(of: $1) * 1.5) }
  }

  /// Of a folded byte in English text and JSON.
  private static func frequency(of byte: UInt8) -> Double {
    switch byte {
    case 0x20: 0.16
    case 0x30: 0.05
    case 0x65, 0x74, 0x61, 0x6F, 0x69, 0x6E, 0x73, 0x72: 0.07
    case 0x68, 0x6C, 0x64, 0x63, 0x75, 0x6D: 0.035
    case 0x66, 0x70, 0x67, 0x77, 0x79, 0x62: 0.018
    case 0x76, 0x6B, 0x78, 0x6A, 0x71, 0x7A: 0.007
    case 0x22, 0x2C, 0x2E, 0x2D, 0x3A, 0x2F, 0x5F: 0.012
    case 0x21...0x7E: 0.003
    default: 0.002
    }
  }
}
