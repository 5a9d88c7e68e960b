package import Bytecode

/// What was found in a text, told without any of it.
package struct FilterFinding: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A match that counts.
    case found
    /// The pattern was given up: it may match anywhere in the range.
    case undecided
    /// What looks like the delimiter of an enclosure.
    case imitation
    /// The text is longer than the filter wants it.
    case tooLong
  }

  package let kind: Kind
  /// An index into `Program.filters`.
  package let filter: Int
  /// An index into `Program.filterPatterns`; nil where no pattern of the policy is the reason.
  package let pattern: Int?
  /// Bytes of the text as it came.
  package let range: Range<Int>

  package init(kind: Kind, filter: Int, pattern: Int?, range: Range<Int>) {
    self.kind = kind
    self.filter = filter
    self.pattern = pattern
    self.range = range
  }
}

/// What a sanitiser writes to: made once by whoever has messages to look at, used for one text at a time.
package struct SanitiserScratch: ~Copyable {
  /// The text as it may go on, where it was rewritten.
  package internal(set) var output: [UInt8] = []
  /// In no order.
  package internal(set) var findings: [FilterFinding] = []
  package internal(set) var labels = LabelSet()

  /// Tells messages apart: the marks of one message begin alike.
  var message: UInt64
  /// Whether the text is looked at as it came; otherwise it was changed here.
  var isFirstLook = true
  var scan = ScanScratch()
  var found: [PatternSet.Finding] = []
  /// The text in parts that are read apart: one, or the strings and numbers of JSON.
  var leaves: [Leaf] = []
  var matches: [Match] = []
  var undecided: [Undecided] = []
  /// What the pass found, by leaf.
  var local: [LocalFinding] = []
  var edits: [Edit] = []
  var scoring = Scoring()
  var verdict = Verdict()
  /// Nil while it is in use.
  var json: JSONParts? = JSONParts()
  /// For JSON in strings of JSON.
  var nested: Nested?

  /// - Parameter firstMessage: the number before that of the first message.
  package init(firstMessage: UInt64 = 0) { message = firstMessage }

  /// Says that the texts to come are of another message.
  package mutating func beginMessage() { message &+= 1 }

  /// A match of a pattern in a leaf.
  struct Match {
    let pattern: Int32
    /// By which scanner it was found; nought reads texts as they are.
    let scanner: Int32
    /// An index into `leaves`; -1: the text as a whole.
    let leaf: Int32
    /// Bytes of the leaf's text.
    let lower: Int32
    let upper: Int32
    /// Where in the text as a whole it begins.
    let place: Int32
  }

  struct Undecided {
    let pattern: Int32
    let scanner: Int32
    let leaf: Int32
  }

  /// A finding in a leaf.
  struct LocalFinding {
    let kind: FilterFinding.Kind
    let filter: Int
    let pattern: Int?
    /// -1: the text as a whole.
    let leaf: Int
    /// Bytes of the leaf's text.
    var range: Range<Int>
  }

  /// Bytes of a leaf that are to go.
  struct Edit {
    var leaf: Int32
    var lower: Int32
    var upper: Int32
    var strength: Deed.Strength
    /// What stands in their place, by number; -1: nothing.
    var placeholder: Int32
    /// The bytes that the placeholder stands for.
    var meantLower: Int32
    var meantUpper: Int32
    /// Its place among the edits as filters made them, which is in order of filter.
    var order: Int32 = 0

    init(leaf: Int32, _ range: Range<Int32>, _ strength: Deed.Strength, placeholder: Int32) {
      self.leaf = leaf
      lower = range.lowerBound
      upper = range.upperBound
      self.strength = strength
      self.placeholder = placeholder
      meantLower = lower
      meantUpper = upper
    }
  }

  /// What filters want done with the text as a whole.
  struct Verdict {
    var wraps = false
    var block: Block?

    struct Block {
      let filter: Int
      let pattern: Int?
      let isUndecided: Bool
    }
  }

  final class Nested {
    var scratch = SanitiserScratch()
  }

  mutating func begin() {
    output.removeAll(keepingCapacity: true)
    findings.removeAll(keepingCapacity: true)
    labels = LabelSet()
    verdict = Verdict()
    isFirstLook = true
  }

  mutating func beginPass() {
    leaves.removeAll(keepingCapacity: true)
    matches.removeAll(keepingCapacity: true)
    undecided.removeAll(keepingCapacity: true)
    local.removeAll(keepingCapacity: true)
    edits.removeAll(keepingCapacity: true)
  }

  /// Keeps a finding; one that begins where the last did is the same, seen in another view.
  mutating func note(_ finding: LocalFinding) {
    if let last = local.last, last.pattern == finding.pattern, last.filter == finding.filter, last.leaf == finding.leaf,
      last.range.lowerBound == finding.range.lowerBound
    {
      local[local.count - 1].range = last.range.lowerBound..<max(last.range.upperBound, finding.range.upperBound)
    } else {
      local.append(finding)
    }
  }

  /// - Parameter start: where the text stands in the one that came.
  mutating func report(_ finding: LocalFinding, at range: Range<Int>, from start: Int) {
    findings.append(
      FilterFinding(
        kind: finding.kind, filter: finding.filter, pattern: finding.pattern, range: range.lowerBound + start..<range.upperBound + start))
  }

  mutating func block(filter: Int, pattern: Int?, isUndecided: Bool = false) {
    if verdict.block == nil { verdict.block = .init(filter: filter, pattern: pattern, isUndecided: isUndecided) }
  }
}

/// A part of a text that is read by itself.
struct Leaf {
  enum Kind {
    /// The text as a whole.
    case text
    /// In JSON: a string, the name of a member, a number.
    case string, name, number
  }

  let kind: Kind
  /// Bytes of the buffer that its text is in.
  let text: Range<Int>
  /// The same, escapes unresolved, in the text as a whole.
  let source: Range<Int>
  let hasEscapes: Bool
}
