package import Bytecode
internal import Filters
package import Semantics

/// Finds what pattern sets find in texts, through the sanitiser that a gate cleans results with. Keeps what it works with, so one is for one thread.
package final class TextScanner {
  /// A set, and where the texts stand that it is looked for in.
  package struct Use: Hashable, Sendable {
    /// An index into `CheckedPolicies.patternSets`.
    package let set: Int
    package let places: FilterPlaces

    package init(set: Int, places: FilterPlaces) {
      self.set = set
      self.places = places
    }
  }

  /// A match that counts, or a pattern that was given up.
  package struct Hit: Hashable, Sendable {
    /// With its set: `injection.override`.
    package let rule: String
    /// Bytes of the text.
    package let range: Range<Int>
    /// Whether nobody knows if the rule matches: it may, anywhere in the range.
    package let isUndecided: Bool
  }

  private let sanitiser: Sanitiser
  private let rules: [String]
  private let filters: Range<Int>
  private var selections: [FilterPlaces: Selection?] = [:]
  private var scratch = SanitiserScratch()

  /// Each set is looked for in every way in which texts can be hidden from it, whatever the policies' filters undo.
  ///
  /// Throws a sentence for people; policies that were checked give no reason to.
  ///
  /// - Parameter sparesExamples: whether a pattern's own check decides that its match is a mere example. Who writes down what nothing was
  ///   found in says no: such a check is a guess, and a secret that it takes for an example would be kept.
  package init(_ policies: CheckedPolicies, _ uses: [Use], sparesExamples: Bool = true) throws(Unusable) {
    var patterns: [FilterPattern] = []
    var sets: [PatternSetInfo] = []
    var filters: [FilterInfo] = []
    for (number, use) in uses.enumerated() {
      let set = policies.patternSets[use.set]
      let first = patterns.count
      let (searched, info) = set.searched(from: first)
      patterns += sparesExamples ? searched : searched.map(\.sparingNoExample)
      sets.append(info)
      let clause = FilterClause(
        set: number, patterns: Array(first..<patterns.count), isScored: set.threshold != nil, content: nil, labels: LabelSet(), because: nil
      )
      // Shadow: it reports, and leaves the text alone.
      filters.append(
        FilterInfo(
          name: set.name, file: "", line: 1, isShadow: true, isConfidential: false, places: use.places, transforms: .all, clauses: [clause])
      )
    }
    do throws(SanitiserError) {
      sanitiser = try Sanitiser(patterns: patterns, sets: sets, filters: filters, key: .random())
    } catch {
      throw Unusable(message: "the patterns cannot be searched for: \(error)")
    }
    rules = patterns.map(\.name)
    self.filters = filters.indices
  }

  /// Why nothing can be searched for.
  package struct Unusable: Error {
    package let message: String
  }

  /// In order of place; a rule that is found several times at one place is named once.
  ///
  /// - Parameter text: valid UTF-8.
  package func hits(in text: Span<UInt8>, at place: FilterPlaces) -> [Hit] {
    guard let selection = selection(at: place) else { return [] }
    let nowhere: [UInt8] = []
    _ = sanitiser.inspect(text, under: selection, from: nowhere.span, scratch: &scratch)
    let hits = scratch.findings.compactMap { finding -> Hit? in
      guard let pattern = finding.pattern else { return nil }
      return Hit(rule: rules[pattern], range: finding.range, isUndecided: finding.kind == .undecided)
    }
    return Set(hits).sorted {
      ($0.range.lowerBound, $0.range.upperBound, $0.rule) < ($1.range.lowerBound, $1.range.upperBound, $1.rule)
    }
  }

  private func selection(at place: FilterPlaces) -> Selection? {
    if let known = selections[place] { return known }
    let selection = sanitiser.selection(of: filters, in: place)
    selections[place] = .some(selection)
    return selection
  }
}

extension FilterTransforms {
  fileprivate static let all: FilterTransforms = [
    .unicode, .invisible, .control, .terminal, .markup, .base64, .hexadecimal, .percent, .entities, .rot13, .leet, .spaced,
  ]
}
