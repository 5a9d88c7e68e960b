package import Bytecode
package import Patterns
package import RegularExpressions

/// All filters of a program made ready, and what they do to one text. Immutable, shared by every connection.
///
/// What it gives out is what it would leave alone: a text that was changed is looked at again, until nothing more is found. A change may bring together
/// what was apart before, and sanitising twice must be the same as once.
package final class Sanitiser: Sendable {
  let patterns: [FilterPattern]
  let filters: [FilterInfo]
  /// Of all patterns, by number.
  let set: PatternSet
  /// The first reads texts as they are, each other one as some transforms show them.
  let scanners: [Scanner]
  /// By filter.
  let uses: [[Use]]
  /// By filter: what it does when a pattern was given up.
  let strictest: [Deed]
  let placeholders: [Placeholder]
  /// What stands for a text that cannot be cleaned bit by bit.
  let lastResort: [UInt8]
  /// By pattern: whether its matches may depend on where the text or a line begins or ends.
  let isAnchored: [Bool]
  let spotlight: Spotlight

  /// How filters with the same transforms read.
  struct Scanner: Sendable {
    let transforms: FilterTransforms
    let normalisation: Normalisation
  }

  package convenience init(_ program: Program, key: SanitiserKey) throws(SanitiserError) {
    try self.init(patterns: program.filterPatterns, sets: program.patternSets, filters: program.filters, key: key)
  }

  package init(patterns: [FilterPattern], sets: [PatternSetInfo], filters: [FilterInfo], key: SanitiserKey) throws(SanitiserError) {
    self.patterns = patterns
    self.filters = filters
    spotlight = Spotlight(key: key)
    let expressions = try Self.expressions(patterns)
    isAnchored = expressions.map(\.expression.root.isAnchored)
    let set = try Self.set(expressions)
    self.set = set
    let scanners = Self.scanners(filters)
    self.scanners = scanners
    var table = PlaceholderTable()
    let plain = table.number(of: .plain)
    uses = filters.enumerated().map { number, filter in
      let scanner = scanners.firstIndex { $0.transforms == filter.transforms } ?? 0
      return UseBuilder(filter: number, info: filter, scanner: scanner, patterns: patterns, sets: sets).uses(&table)
    }
    strictest = uses.map { uses in
      var deed = Deed()
      for use in uses where !use.isImitation { for other in use.deeds where other.isNamed { deed.add(other) } }
      return deed
    }
    var scan = ScanScratch()
    placeholders = table.settled(key) { sample in
      var found: [PatternSet.Finding] = []
      set.matches(in: sample.span, scratch: &scan, into: &found)
      return !found.isEmpty
    }
    lastResort = placeholders[Int(plain)] == .plain ? Placeholder.plainText : []
  }

  /// Of the policy's patterns, and behind them of what looks like our own delimiter.
  private static func expressions(_ patterns: [FilterPattern]) throws(SanitiserError) -> [(expression: RegularExpression, longestText: Int)]
  {
    var expressions: [(RegularExpression, Int)] = []
    for (number, pattern) in patterns.enumerated() {
      do throws(SyntaxError) {
        expressions.append((try RegularExpression(parsing: pattern.source, caseInsensitive: pattern.caseInsensitive), pattern.longestText))
      } catch {
        throw .syntax(pattern: number, error)
      }
    }
    guard let imitation = try? RegularExpression(parsing: Spotlight.imitation, caseInsensitive: true) else {
      preconditionFailure("the pattern of the delimiter is one")
    }
    return expressions + [(imitation, .max)]
  }

  private static func set(_ expressions: [(expression: RegularExpression, longestText: Int)]) throws(SanitiserError) -> PatternSet {
    do throws(PatternError) {
      return try PatternSet(bounded: expressions)
    } catch {
      throw .pattern(error)
    }
  }

  private static func scanners(_ filters: [FilterInfo]) -> [Scanner] {
    var scanners = [Scanner(transforms: [], normalisation: [])]
    for transforms in filters.map(\.transforms) where !scanners.contains(where: { $0.transforms == transforms }) {
      scanners.append(Scanner(transforms: transforms, normalisation: transforms.normalisation))
    }
    return scanners
  }
}

/// Why filters cannot be made ready. Policies that were checked give no reason.
package enum SanitiserError: Error, Equatable {
  case syntax(pattern: Int, SyntaxError)
  case pattern(PatternError)
}

extension Expression {
  fileprivate var isAnchored: Bool {
    switch self {
    case .assertion(let assertion): assertion != .wordBoundary && assertion != .notWordBoundary
    case .sequence(let parts), .choice(let parts): parts.contains(where: \.isAnchored)
    case .group(let inner, _), .repetition(let inner, _): inner.isAnchored
    case .empty, .literal, .characterClass, .any: false
    }
  }
}
