/// Literals of which every match holds one, and where: what a prefilter may look for instead of running the expression everywhere.
package struct Trigger: Hashable, Sendable {
  /// Folded as `FoldedBytes` says, runs of white space drawn together, in order; none is empty, is white space alone or begins with another.
  package let literals: [[UInt8]]
  /// What lies between the start of a match and the start of the literal: at least so many bytes that are no white space, and at most so many with every run of white
  /// space counted as one. A long form (`FoldedBytes.longForms`) counts as the one byte it folds to. A literal that begins with a blank may begin at any byte of its run.
  package let offset: ClosedRange<Int>

  package init(literals: [[UInt8]], offset: ClosedRange<Int>) {
    self.literals = literals
    self.offset = offset
  }
}

extension RegularExpression {
  /// Triggers such that every match has, for at least one of them, one of its literals at one of its offsets. Nil: nothing that would spare more than
  /// it costs, so the expression has to be run on every text.
  ///
  /// Derived from the tree and from nothing else. Assertions, atomic groups and possessive repetitions only take matches away, so they are
  /// ignored.
  package func triggers() -> [Trigger]? {
    var search = LiteralSearch()
    let found = search.best(LiteralPart.parts(of: root)[...])
    // Candidates more often than at every eighth byte cost more than looking at each byte.
    guard let found, found.reduce(0, { $0 + $1.cost }) < 0.125 else { return nil }
    return found.map { Trigger(literals: $0.literals.map(\.bytes), offset: $0.offset) }
  }
}

/// A part of an expression with what the search for literals asks of it, worked out once.
private struct LiteralPart {
  let prefixes: Prefixes
  /// As `Trigger.offset` counts.
  let width: Width
  /// Whether its matches may be longer than its width says, by white space.
  let stretches: Bool
  /// Of an alternation: the parts of each alternative.
  let alternatives: [[LiteralPart]]

  /// How deep repetitions are opened in each other: each doubles what is in it.
  private static let openings = 3
  /// Different folded characters a class may stand for.
  private static let members = 12
  /// The most rounds of a repetition that are written out one by one.
  private static let rounds = 4

  private init(_ prefixes: Prefixes, _ width: Width, stretches: Bool, alternatives: [[LiteralPart]] = []) {
    self.prefixes = prefixes
    self.width = width
    self.stretches = stretches
    self.alternatives = alternatives
  }

  private init(alternatives: [[LiteralPart]]) {
    let widths = alternatives.map { Self.width(of: $0) }
    let bounded = widths.compactMap(\.maximum)
    self.init(
      Prefixes.either(alternatives.map { Self.prefixes(of: $0[...]) }),
      Width(minimum: widths.map(\.minimum).min() ?? 0, maximum: bounded.count == widths.count ? bounded.max() : nil),
      stretches: alternatives.contains { $0.contains(where: \.stretches) }, alternatives: alternatives)
  }

  /// The parts one after another, groups opened, and the first round of a repetition that has one set apart from the others.
  static func parts(of expression: Expression, openings: Int = openings) -> [LiteralPart] {
    switch expression {
    case .empty, .assertion: return []
    case .literal, .characterClass, .any:
      let scalars = expression.scalars
      return [LiteralPart(prefixes(of: scalars), width(of: scalars), stretches: false)]
    case .group(let inner, _): return parts(of: inner, openings: openings)
    case .sequence(let parts): return parts.flatMap { Self.parts(of: $0, openings: openings) }
    case .choice(let alternatives): return [LiteralPart(alternatives: alternatives.map { parts(of: $0, openings: openings) })]
    case .repetition(let inner, let quantifier): return repetition(inner, quantifier, openings)
    }
  }

  private static func repetition(_ inner: Expression, _ quantifier: Quantifier, _ openings: Int) -> [LiteralPart] {
    guard quantifier.maximum != 0 else { return [] }
    let once = parts(of: inner, openings: max(0, openings - 1))
    // Of one character the first round tells nothing that all of them do not.
    guard quantifier.minimum > 0, openings > 0, !inner.isSingleCharacter else { return [LiteralPart(once, quantifier)] }
    let rest = Quantifier(quantifier.minimum - 1, quantifier.maximum.map { $0 - 1 })
    return once + (rest.maximum == 0 ? [] : [LiteralPart(once, rest)])
  }

  private init(_ once: [LiteralPart], _ quantifier: Quantifier) {
    let width = Self.width(of: once)
    let prefixes = Self.prefixes(of: once[...])
    let isBlank = prefixes.isBlank
    let most: Int? =
      if isBlank { 1 } else if width.maximum == 0 { 0 } else { width.maximum.flatMap { width in quantifier.maximum.map { width * $0 } } }
    self.init(
      Self.repeated(prefixes, quantifier), Width(minimum: width.minimum * quantifier.minimum, maximum: most),
      stretches: isBlank && quantifier.maximum == nil || once.contains(where: \.stretches))
  }

  private static func repeated(_ once: Prefixes, _ quantifier: Quantifier) -> Prefixes {
    if once.isBlank { return quantifier.minimum == 0 ? .either([once, .empty]) : once }
    if let few = fewTimes(once, quantifier) { return few }
    if quantifier.minimum == 0 { return .either([quantifier.maximum == 1 ? once : once.asPartial, .empty]) }
    var result = Prefixes.empty
    for _ in 0..<min(quantifier.minimum, FoldedLiteral.longest) { result = result.followed(by: once) }
    return quantifier.maximum == quantifier.minimum && quantifier.minimum <= FoldedLiteral.longest ? result : result.asPartial
  }

  /// Every number of rounds written out, where that is not too much.
  private static func fewTimes(_ once: Prefixes, _ quantifier: Quantifier) -> Prefixes? {
    guard let maximum = quantifier.maximum, maximum <= rounds, once.partial.isEmpty else { return nil }
    var all: [Prefixes] = []
    var count = 0
    var now = Prefixes.empty
    for round in 0...maximum {
      if round >= quantifier.minimum {
        all.append(now)
        count += now.count
      }
      guard round < maximum else { break }
      now = now.followed(by: once)
      guard now.partial.isEmpty, count + now.count <= Prefixes.limit else { return nil }
    }
    return .either(all)
  }

  private static func prefixes(of set: ScalarSet) -> Prefixes {
    // An empty set has no match at all; saying nothing of it is always right.
    guard !set.isEmpty, set.count <= 64 else { return .unknown }
    var folded: [FoldedLiteral] = []
    for range in set.ranges {
      for value in range {
        guard let scalar = Unicode.Scalar(value) else { return .unknown }
        var literal = FoldedLiteral()
        if value < 0x80 {
          literal.append(FoldedBytes.table[Int(value)])
        } else {
          for byte in FoldedBytes.fold(scalar) { literal.append(byte) }
        }
        folded.append(literal)
      }
    }
    let prefixes = Prefixes(folded)
    return prefixes.count <= members ? prefixes : .unknown
  }

  /// White space may be drawn together with what is beside it.
  private static func width(of set: ScalarSet) -> Width {
    let blanks = CharacterClass.Name.space.scalars(folds: false)
    var width = set.foldedWidth
    if !set.isDisjoint(with: blanks) { width.minimum = 0 }
    return width
  }

  static func prefixes(of parts: ArraySlice<LiteralPart>) -> Prefixes {
    var result = Prefixes.empty
    for part in parts {
      if result.complete.isEmpty { break }
      result = result.followed(by: part.prefixes)
    }
    return result
  }

  static func width(of parts: [LiteralPart]) -> Width { parts.reduce(into: .none) { $0.add($1.width) } }
}

extension Width {
  fileprivate mutating func add(_ other: Width) {
    minimum += other.minimum
    maximum = maximum.flatMap { most in other.maximum.map { most + $0 } }
  }
}

/// Looks for the literals that are met least.
private struct LiteralSearch {
  struct Candidate {
    let literals: [FoldedLiteral]
    let offset: ClosedRange<Int>
    let cost: Double

    init(_ literals: [FoldedLiteral], _ offset: ClosedRange<Int>) {
      self.literals = literals
      self.offset = offset
      var hits = 0.0
      var bytes = 0
      for literal in literals {
        hits += Commonness.of(literal)
        bytes += literal.count
      }
      // A window is walked back, which is dearer than one place, though walks soon end. And what literals take in the automaton is not there for the memory's nearest part.
      cost = hits * (1 + Double(min(offset.count, LiteralSearch.walk) - 1) / 8) + Double(bytes) * LiteralSearch.costOfByte
    }
  }

  /// Bytes after which most walks have ended.
  private static let walk = 48
  /// What a byte of literals costs, in places to be tried for each byte of text.
  private static let costOfByte = 3e-7
  /// What is met less often than this need not be told apart further.
  private static let rare = 3e-6
  /// Bytes before a literal. Each is one more place where a match might start.
  private static let window = 512
  /// The same where white space may stretch them, each run of which is walked back for each literal.
  private static let stretchingWindow = 96
  /// Characters between the places of a run at which literals begin.
  private static let stride = 8
  /// Steps after which an alternation is not looked into any more, so that nested ones stay cheap.
  private var steps = 2_000

  /// The cheapest candidates, one of which every match has; nil: there are none.
  ///
  /// - Parameters:
  ///   - following: what comes behind the parts, into which literals may reach.
  ///   - lead: what comes before them.
  mutating func best(
    _ parts: ArraySlice<LiteralPart>, following: ArraySlice<LiteralPart> = [], lead: Width = .none, stretches: Bool = false
  ) -> [Candidate]? {
    var lead = lead
    var stretches = stretches
    var best: [Candidate]?
    var lowest = Double.infinity
    let all = parts + following
    var run = 0
    for start in 0..<parts.count {
      guard let most = lead.maximum, most <= (stretches ? Self.stretchingWindow : Self.window) else { break }
      let part = parts[parts.startIndex + start]
      defer {
        lead.add(part.width)
        stretches = stretches || part.stretches
      }
      // Within a run of single characters a literal that begins later is a part of one that begins earlier.
      run = part.prefixes.isOne ? run + 1 : 0
      if run > 1, run % Self.stride != 1 { continue }
      let rest = all[(all.startIndex + start)...]
      steps -= 1
      if let candidate = shortest(rest, lead.minimum...most, below: lowest) { (best, lowest) = ([candidate], candidate.cost) }
      if !part.alternatives.isEmpty, steps > 0,
        let each = each(part.alternatives, following: rest.dropFirst(), lead, stretches, below: lowest)
      {
        best = each
        lowest = each.reduce(0) { $0 + $1.cost }
      }
    }
    return best
  }

  /// The cheapest literals that begin with the first of some parts, if there are any as cheap as that.
  private func shortest(_ parts: ArraySlice<LiteralPart>, _ offset: ClosedRange<Int>, below: Double) -> Candidate? {
    var best: Candidate?
    var lowest = below
    var prefixes = Prefixes.empty
    for part in parts {
      prefixes = prefixes.followed(by: part.prefixes)
      var literals = prefixes.literals
      guard let first = literals.first, !first.isEmpty else {
        if prefixes.complete.isEmpty { break }
        continue
      }
      // A blank alone would have to be met at every byte of its run.
      guard !literals.contains(where: \.isBlank) else { continue }
      // Words of an alternation are often told apart, and from all others, by their first letters.
      for length in [FoldedLiteral.longest, 8, 6, 5, 4] {
        if length < FoldedLiteral.longest {
          guard literals.contains(where: { $0.count > length }) else { continue }
          literals = Prefixes.cut(literals, to: length)
        }
        let candidate = Candidate(literals, offset)
        if candidate.cost < lowest { (best, lowest) = (candidate, candidate.cost) }
      }
      if prefixes.complete.isEmpty || lowest < Self.rare { break }
    }
    return best
  }

  /// Each alternative may have a better place of its own.
  private mutating func each(
    _ alternatives: [[LiteralPart]], following: ArraySlice<LiteralPart>, _ lead: Width, _ stretches: Bool, below: Double
  ) -> [Candidate]? {
    var all: [Candidate] = []
    var cost = 0.0
    for alternative in alternatives {
      guard let candidates = best(alternative[...], following: following, lead: lead, stretches: stretches) else { return nil }
      all += candidates
      cost += candidates.reduce(0) { $0 + $1.cost }
      if cost >= below { return nil }
    }
    return all
  }
}
