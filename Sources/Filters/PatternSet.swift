package import Patterns
package import RegularExpressions

/// Many patterns matched in one pass: literals that matches must hold are looked for all at once, and PCRE2 is asked only at the places where they say
/// that a match could begin.
///
/// Finds exactly what PCRE2 finds pattern by pattern, which a permanent test holds it to: a place that is missed here is a filter
/// that was passed by. So nothing about a pattern is written by hand, and one whose literals are not worth it is simply run.
package struct PatternSet: Sendable {
  /// A pattern and how its matches are found.
  struct Entry: Sendable {
    /// Asked at one place, unless it can match nothing: then it is searched for.
    let pattern: Pattern
    /// Empty for one that can match nothing, which is left to PCRE2 at every place.
    let branches: Range<Int>
  }

  /// A part of a pattern whose matches all begin alike (`RegularExpression.branches`).
  struct Branch: Sendable {
    let entry: Int
    let start: MatchStart
    /// Whether literals say where it may match; otherwise it is tried wherever its first byte stands.
    let isTriggered: Bool
  }

  /// What is done when a literal is met: by number of the automaton's output. As in `Trigger`, between a match's start and the literal are at least so many bytes that are no
  /// white space, and at most so many with every run of white space counted as one.
  struct Hit: Sendable {
    let branch: Int
    let start: MatchStart
    /// Whether it says several places, or is a literal of changing length; otherwise it says one place, so many bytes before the literal's end.
    let isWindow: Bool
    let back: UInt32
    let nearest: UInt32
    let furthest: UInt32
    /// What the literal tells of a match that begins with it.
    let head: Gates.Head?
    let neighbours: NeighbourMasks
  }

  /// What of a hit is looked at first, apart from the rest so that more of it is near.
  struct Glance: Sendable {
    /// The kinds of bytes that may stand right behind the literal, behind those, right before it and before those.
    let behind: UInt64
    let behindThat: UInt64
    let before: UInt64
    let beforeThat: UInt64
    /// Of the literal; of one that holds white space nothing is known before it is walked back, and what stands before it may be anything.
    let length: Int32
    let entry: Int32
    /// Behind this place of the text no match of the branch ends.
    let latestEnd: UInt32
  }

  let entries: [Entry]
  let branches: [Branch]
  let hits: [Hit]
  let glances: [Glance]
  /// By state of the automaton that reports: the kinds of bytes behind which one of its hits may go on.
  let goesOn: [UInt64]
  let literals: LiteralAutomaton
  let kinds = ByteKinds()
  /// By branch.
  let gates: Gates
  private let all: PatternMask
  /// Numbers of the patterns that can match nothing.
  private let empty: [Int]
  /// Numbers of the branches that no literal announces.
  let always: [Int]

  package var count: Int { entries.count }

  /// How many parts of patterns no literal announces; each costs a look at every byte.
  package var alwaysRunCount: Int { always.count + empty.count }

  /// Compiles patterns; their numbers in findings are their places here. Throws what PCRE2 refuses, which the expressions' parser should have.
  package init(_ expressions: [RegularExpression]) throws(PatternError) {
    try self.init(bounded: expressions.map { ($0, .max) })
  }

  /// - Parameter expressions: each with the longest text, in bytes, that it may be tried on; in a longer one it is undecided where it may match.
  package init(bounded expressions: [(expression: RegularExpression, longestText: Int)]) throws(PatternError) {
    var plan = PatternPlan()
    var entries: [Entry] = []
    for (number, (expression, longestText)) in expressions.enumerated() {
      let isEmpty = expression.minimumWidth == 0
      let pattern = try Pattern(
        expression.source, caseless: expression.caseInsensitive, mode: isEmpty ? .search : .here, longestText: longestText)
      let first = plan.branches.count
      // A pattern that can match nothing matches everywhere, whatever literals it has.
      if !isEmpty { for branch in expression.branches { plan.add(branch, entry: number) } }
      entries.append(Entry(pattern: pattern, branches: first..<plan.branches.count))
    }
    self.entries = entries
    branches = plan.branches
    gates = plan.gates
    literals = LiteralAutomaton(plan.literals)
    hits = plan.hits(literals)
    glances = plan.glances(literals)
    goesOn = plan.goesOn(literals)
    always = branches.indices.filter { !plan.branches[$0].isTriggered }
    empty = entries.indices.filter { entries[$0].branches.isEmpty }
    all = PatternMask(entries.indices)
  }

  /// What one pattern found at one place.
  package struct Finding: Hashable, Sendable {
    /// The pattern's place in the list the set was made of.
    package let pattern: Int
    package let result: Result

    package init(pattern: Int, result: Result) {
      self.pattern = pattern
      self.result = result
    }

    package enum Result: Hashable, Sendable {
      /// Bytes of the text.
      case found(Range<Int>)
      /// The pattern was given up and may match anywhere from there on: the strictest action must follow.
      case undecided
    }
  }

  /// All matches of every pattern, each pattern's leftmost and without overlaps among themselves, appended in order of pattern and place.
  ///
  /// The text must be valid UTF-8, as for `Pattern.match`. Does not allocate once the scratch and the list have grown to their size.
  ///
  /// - Parameter wanted: the patterns to look for, all without it; the others cost next to nothing.
  package func matches(
    in text: Span<UInt8>, of wanted: PatternMask? = nil, scratch: inout ScanScratch, into findings: inout [Finding]
  ) {
    precondition(text.count < Int(UInt32.max), "documents are limited to far less")
    let wanted = wanted ?? all
    scratch.prepare(entries: entries.count, branches: branches.count)
    for number in empty where wanted.contains(number) { scratch.touch(number) }
    for branch in always where wanted.contains(branches[branch].entry) { sweep(branch, text, &scratch) }
    collect(text, wanted, &scratch)
    scratch.sortTouched()
    for index in 0..<scratch.touched.count {
      let number = scratch.touched[index]
      let branches = entries[number].branches
      if branches.isEmpty {
        search(number, text, &scratch.match, &findings)
      } else {
        confirm(number, text, &scratch, &findings)
        for branch in branches { scratch.clear(branch: branch) }
      }
    }
    scratch.clear()
  }

  /// Of a match of one of the patterns, what is to go: see `Pattern.secret`.
  package func secret(of match: Range<Int>, by pattern: Int, in text: Span<UInt8>, scratch: inout ScanScratch) -> Range<Int> {
    entries[pattern].pattern.secret(of: match, in: text, scratch: &scratch.match)
  }
}
