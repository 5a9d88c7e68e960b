internal import Semantics
internal import Syntax
internal import Text

// How rules reach what they look at.
extension LintInput {
  /// With the tree each stands in.
  var declarations: [(tree: SyntaxTree, declaration: Declaration)] {
    trees.flatMap { tree in tree.declarations.map { (tree, $0) } }
  }

  /// Every condition of a rule, an agent or a proof.
  var conditions: [(tree: SyntaxTree, declaration: Declaration, expression: Expression)] {
    declarations.compactMap { tree, declaration in declaration.condition.map { (tree, declaration, $0) } }
  }

  /// Every test of a condition, with whether an odd number of `not` stands around it.
  var predicates: [(tree: SyntaxTree, declaration: Declaration, predicate: Predicate, isNegated: Bool)] {
    conditions.flatMap { tree, declaration, expression in
      expression.predicates(false).map { (tree, declaration, $0.predicate, $0.isNegated) }
    }
  }

  /// How often a word stands in the files, comments and texts aside.
  func occurrences(of word: String) -> Int {
    let bytes = Array(word.utf8)
    return trees.reduce(0) { count, tree in
      count
        + tree.tokens.count { token in
          token.kind == .word && tree.file.bytes[Int(token.range.lower)..<Int(token.range.upper)].elementsEqual(bytes)
        }
    }
  }

  /// The scopes that say `@sensitive`.
  var sensitiveScopes: [(declaration: Declaration, scope: ScopeSyntax)] {
    declarations.compactMap { _, declaration in
      guard case .scope(let scope) = declaration.kind, declaration.has("sensitive") else { return nil }
      return (declaration, scope)
    }
  }
}

extension Declaration {
  func has(_ annotation: String) -> Bool { annotations.contains { $0.name.text == annotation } }

  var condition: Expression? {
    switch kind {
    case .agent(let agent): agent.condition
    case .grant(let grant): grant.condition
    case .deny(let deny): deny.condition
    case .ask(let ask): ask.condition
    case .prove(let prove):
      switch prove.claim {
      case .allowedOnlyTo: nil
      case .neverAllowed(let condition), .sometimesAllowed(_, let condition): condition
      }
    default: nil
    }
  }

  /// The targets that stand in one list.
  var targets: [Target] {
    switch kind {
    case .scope(let scope): scope.opens
    case .deny(let deny): deny.targets
    case .ask(let ask): ask.targets
    case .limit(let limit): limit.targets
    case .filter(let filter): filter.targets
    case .prove(let prove): prove.targets
    case .mark(let mark), .clear(let mark): if case .targets(let targets) = mark.event { targets } else { [] }
    default: []
    }
  }
}

extension Expression {
  /// This and everything within it, outermost first.
  var all: [Expression] {
    switch kind {
    case .or(let terms), .and(let terms): [self] + terms.flatMap(\.all)
    case .not(let term): [self] + term.all
    case .test, .sessionHas, .missing: [self]
    }
  }

  func predicates(_ isNegated: Bool) -> [(predicate: Predicate, isNegated: Bool)] {
    switch kind {
    case .or(let terms), .and(let terms): terms.flatMap { $0.predicates(isNegated) }
    case .not(let term): term.predicates(!isNegated)
    case .test(let predicate): [(predicate, isNegated != (predicate.negation != nil))]
    case .sessionHas, .missing: []
    }
  }
}

extension Literal {
  var text: String? { if case .string(let text) = kind { text } else { nil } }

  /// A date, also one written as a text.
  var moment: MomentLiteral? {
    switch kind {
    case .moment(let moment): moment
    case .string(let text): MomentLiteral(text)
    default: nil
    }
  }
}

extension SyntaxTree {
  func text(_ range: SourceRange) -> String { file.text(in: range) }

  /// A declaration with its documentation and the end of its line: what goes when it goes.
  func lines(of declaration: Declaration) -> SourceRange {
    let bytes = file.bytes
    var lower = Int(declaration.range.lower)
    while lower > 0, bytes[lower - 1] != UInt8(ascii: "\n") { lower -= 1 }
    while lower > 0 {
      var start = lower - 1
      while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
      let line = bytes[start..<lower].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard line.starts(with: Array("///".utf8)) else { break }
      lower = start
    }
    var upper = Int(declaration.range.upper)
    while upper < bytes.count, bytes[upper] == UInt8(ascii: " ") || bytes[upper] == UInt8(ascii: "\t") { upper += 1 }
    // What else stands on the line stays.
    guard upper == bytes.count || bytes[upper] == UInt8(ascii: "\n") || bytes[upper] == UInt8(ascii: "\r") else { return declaration.range }
    while upper < bytes.count, bytes[upper] != UInt8(ascii: "\n") { upper += 1 }
    return SourceRange(file: file.id, lower: UInt32(lower), upper: UInt32(min(upper + 1, bytes.count)))
  }
}

extension MomentLiteral {
  static let day: Int64 = 86_400_000

  /// `2026-11-30`: the day it lies on.
  var dayText: String {
    // Days of the civil calendar from days since 1970, by eras of 400 years that begin on a first of March.
    let days = milliseconds / Self.day + 719_468
    let era = days / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month))-\(two(day))"
  }
}
