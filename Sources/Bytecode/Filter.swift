package import Checksums

/// One regular expression that filters search for. Carried as source; whoever enforces compiles the ones it needs together.
package struct FilterPattern: Hashable, Sendable {
  /// With its set: `injection.override`.
  package let name: String
  /// Of the subset that policies may use, to be searched for.
  package let source: String
  package let caseInsensitive: Bool
  /// In bytes: a longer text that may hold a match is undecided, because the pattern can take more than linear time.
  package let longestText: Int
  /// What a match adds to the score of its family; at least 1. Of a set without a threshold nothing is added up.
  package let weight: Int
  /// A number within its set: of the matches of one family only the heaviest counts.
  package let family: Int
  /// All must hold of the bytes it matched, or it did not match.
  package let checks: [Check]

  package init(
    name: String, source: String, caseInsensitive: Bool, longestText: Int, weight: Int = 1, family: Int = 0, checks: [Check] = []
  ) {
    self.name = name
    self.source = source
    self.caseInsensitive = caseInsensitive
    self.longestText = longestText
    self.weight = weight
    self.family = family
    self.checks = checks
  }

  /// Finds what looks like an example of its kind, too: without the checks that guess, and with those that count.
  package var sparingNoExample: FilterPattern {
    FilterPattern(
      name: name, source: source, caseInsensitive: caseInsensitive, longestText: longestText, weight: weight, family: family,
      checks: checks.filter { $0 != .random && $0 != .notPlaceholder })
  }

  /// `override` of `injection.override`.
  package var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }
}

/// A set of patterns, as a policy or a pack declares it.
package struct PatternSetInfo: Hashable, Sendable {
  package let name: String
  /// The score from which on the set fires; nil: every match counts.
  ///
  /// The score of a window of the text is the sum, over the families with a match that begins in it, of the greatest weight among these. The set
  /// fires in a window whose score reaches the threshold, and then all matches that begin in the window count; matches in no such window do not.
  package let threshold: Int?
  /// Width of a window in bytes of the original text.
  package let window: Int
  /// Into `Program.filterPatterns`.
  package let patterns: Range<Int>

  package init(name: String, threshold: Int?, window: Int, patterns: Range<Int>) {
    self.name = name
    self.threshold = threshold
    self.window = window
    self.patterns = patterns
  }

  /// `secrets` of `sally.secrets`.
  package var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }

  /// What a set has that does not say how far apart its signals may be: a paragraph or two.
  package static let defaultWindow = 4_096
}

/// A filter: what is done to texts in which patterns are found.
package struct FilterInfo: Hashable, Sendable {
  package let name: String
  /// As the person named it.
  package let file: String
  /// Of its name, from 1.
  package let line: Int
  /// Evaluated and logged, not enforced.
  package let isShadow: Bool
  /// What it is called and looks for is for its operators only: no answer to a caller tells it.
  package let isConfidential: Bool
  /// Never empty. With `arguments`, actions are `block` and labels only.
  package let places: FilterPlaces
  /// Where in structured content; empty: everywhere. Says nothing unless `places` has `structured`.
  package let structuredPaths: [ResultPath]
  package let transforms: FilterTransforms
  /// In order of place.
  package let clauses: [FilterClause]
  package let longest: LongestText?
  package let binaries: [BinaryClause]

  package init(
    name: String, file: String, line: Int, isShadow: Bool, isConfidential: Bool, places: FilterPlaces, structuredPaths: [ResultPath] = [],
    transforms: FilterTransforms = [], clauses: [FilterClause], longest: LongestText? = nil, binaries: [BinaryClause] = []
  ) {
    self.name = name
    self.file = file
    self.line = line
    self.isShadow = isShadow
    self.isConfidential = isConfidential
    self.places = places
    self.structuredPaths = structuredPaths
    self.transforms = transforms
    self.clauses = clauses
    self.longest = longest
    self.binaries = binaries
  }
}

/// `match injection -> wrap, label untrusted`
package struct FilterClause: Hashable, Sendable {
  /// Into `Program.patternSets`.
  package let set: Int
  /// Into `Program.filterPatterns`: all of the set, or the one that is named. Ascending.
  package let patterns: [Int]
  /// Whether only matches count that lie where the set's score reaches its threshold. Whoever names one pattern means its every match.
  package let isScored: Bool
  /// At least one of this and `labels` is there.
  package let content: ContentAction?
  package let labels: LabelSet
  /// The policy's own words to the caller.
  package let because: String?

  package init(set: Int, patterns: [Int], isScored: Bool, content: ContentAction?, labels: LabelSet, because: String?) {
    self.set = set
    self.patterns = patterns
    self.isScored = isScored
    self.content = content
    self.labels = labels
    self.because = because
  }
}

/// `longer than 64KiB -> truncate`
package struct LongestText: Hashable, Sendable {
  /// Of the text when everything else has been done to it.
  package let bytes: Int
  /// `truncate`, `wrap`, `remove` or `block`.
  package let content: ContentAction?
  package let labels: LabelSet
  package let because: String?

  package init(bytes: Int, content: ContentAction?, labels: LabelSet, because: String?) {
    self.bytes = bytes
    self.content = content
    self.labels = labels
    self.because = because
  }
}

/// What is done to what was found. Where several overlap the strictest wins (`block`, `redact`, `remove`, `wrap`), among equals the longest span.
package enum ContentAction: Hashable, Sendable {
  /// Nothing of the message passes.
  case block
  /// Something else stands in the place of each match.
  case redact(RedactionTemplate)
  case remove
  /// The whole text unit is marked as data.
  case wrap
  /// The text is cut on a character boundary, and says so.
  case truncate
}

/// `"[removed: {pattern}]"`
package struct RedactionTemplate: Hashable, Sendable {
  package enum Piece: Hashable, Sendable {
    case text([UInt8])
    /// The pattern's name without its set.
    case pattern
    /// The set's name without its pack.
    case kind
    /// The same for the same text as long as the gate runs, and tells nothing of it.
    case pseudonym
  }

  package let pieces: [Piece]

  package init(pieces: [Piece]) { self.pieces = pieces }

  /// Without a template in the policy.
  package static let standard = RedactionTemplate(pieces: [.text(Array("[redacted: ".utf8)), .pattern, .text(Array("]".utf8))])
}
