internal import Bytecode

/// What one filter does about one pattern: its clauses that name the pattern, taken together.
struct Deed: Sendable {
  /// In order of precedence, the weakest first.
  enum Strength: Int8, Comparable, Sendable {
    case none, wrap, strip, remove, redact, block

    static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
  }

  /// Whether any clause names the pattern; one that none names only counts for the score.
  var isNamed = false
  var strength = Strength.none
  /// A placeholder's number; -1: none.
  var placeholder: Int32 = -1
  var labels = LabelSet()

  /// Takes in what another clause says.
  mutating func add(_ strength: Strength, placeholder: Int32, labels: LabelSet) {
    isNamed = true
    self.labels.formUnion(labels)
    guard strength > self.strength else { return }
    self.strength = strength
    self.placeholder = placeholder
  }

  mutating func add(_ other: Deed) { add(other.strength, placeholder: other.placeholder, labels: other.labels) }
}

/// One pattern set in one filter.
struct Use: Sendable {
  let filter: Int
  /// The scanner that reads texts as the filter's transforms show them; nought when they show them as they are.
  let scanner: Int32
  /// Numbers of the set's patterns.
  let patterns: Range<Int>
  /// By pattern of the set.
  let deeds: [Deed]
  /// Nil: each match counts by itself.
  let score: Score?
  /// Whether its pattern is that of imitated delimiters.
  let isImitation: Bool

  func takes(_ pattern: Int32, from scanner: Int32) -> Bool {
    patterns.contains(Int(pattern)) && (scanner == 0 || scanner == self.scanner)
  }

  func deed(_ pattern: Int32) -> Deed { deeds[Int(pattern) - patterns.lowerBound] }
}

/// When a set fires: the greatest weights of the families present, added up over a window.
struct Score: Sendable {
  let threshold: Int
  /// In bytes.
  let window: Int
  /// By pattern of the set.
  let weights: [Int]
  let families: [Int]
  /// By family: its patterns, by place in the set.
  let members: [[Int]]

  init(threshold: Int, window: Int, weights: [Int], families: [Int]) {
    self.threshold = threshold
    self.window = max(1, window)
    self.weights = weights
    self.families = families
    var members = [[Int]](repeating: [], count: (families.max() ?? -1) + 1)
    for (pattern, family) in families.enumerated() { members[family].append(pattern) }
    self.members = members
  }
}

/// Brings the clauses of one filter into the form in which they are asked.
struct UseBuilder {
  let filter: Int
  let info: FilterInfo
  let scanner: Int
  let patterns: [FilterPattern]
  let sets: [PatternSetInfo]

  func uses(_ table: inout PlaceholderTable) -> [Use] {
    var uses: [Use] = []
    for set in Set(info.clauses.map(\.set)).sorted() {
      for isScored in [true, false] {
        let clauses = info.clauses.filter { $0.set == set && ($0.isScored && sets[set].threshold != nil) == isScored }
        if !clauses.isEmpty { uses.append(use(of: sets[set], clauses, isScored: isScored, &table)) }
      }
    }
    let mayWrap = info.clauses.contains { $0.content == .wrap } || info.longest?.content == .wrap
    if mayWrap, !info.isShadow { uses.append(imitations(&table)) }
    return uses
  }

  private func use(of set: PatternSetInfo, _ clauses: [FilterClause], isScored: Bool, _ table: inout PlaceholderTable) -> Use {
    var deeds = [Deed](repeating: Deed(), count: set.patterns.count)
    for clause in clauses {
      for pattern in clause.patterns {
        let place = pattern - set.patterns.lowerBound
        guard !info.isShadow else {
          deeds[place].isNamed = true
          continue
        }
        let (strength, placeholder) = effect(of: clause.content, set, patterns[pattern], &table)
        deeds[place].add(strength, placeholder: placeholder, labels: clause.labels)
      }
    }
    let score = set.threshold.map { threshold in
      Score(
        threshold: threshold, window: set.window, weights: set.patterns.map { patterns[$0].weight },
        families: set.patterns.map { patterns[$0].family })
    }
    return Use(
      filter: filter, scanner: Int32(scanner), patterns: set.patterns, deeds: deeds, score: isScored ? score : nil, isImitation: false)
  }

  private func effect(
    of action: ContentAction?, _ set: PatternSetInfo, _ pattern: FilterPattern, _ table: inout PlaceholderTable
  ) -> (Deed.Strength, Int32) {
    switch action {
    case .wrap: (.wrap, -1)
    case .remove: (.remove, -1)
    case .block: (.block, -1)
    case .redact(let template): (.redact, table.number(of: Placeholder(template, set: set, pattern: pattern)))
    // Only long texts are cut.
    case .truncate, nil: (.none, -1)
    }
  }

  /// Where a text may be enclosed, none may look as if it were, or as if it ended there.
  private func imitations(_ table: inout PlaceholderTable) -> Use {
    var deed = Deed()
    deed.add(.redact, placeholder: table.number(of: .imitation), labels: LabelSet())
    return Use(
      filter: filter, scanner: Int32(scanner), patterns: patterns.count..<patterns.count + 1, deeds: [deed], score: nil, isImitation: true)
  }
}
