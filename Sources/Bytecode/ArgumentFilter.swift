/// A filter of what goes to servers: a call in whose arguments a pattern finds something is denied. Patterns are carried as sources; whoever
/// enforces compiles the ones of a target together.
package struct ArgumentFilter: Sendable {
  package struct Pattern: Hashable, Sendable {
    /// With its set: `sql.stacked`.
    package let name: String
    /// A regular expression of the subset that policies may use, to be searched for.
    package let source: String
    package let caseInsensitive: Bool
    /// In bytes: a longer text that may hold a match is undecided, because the pattern can take more than linear time.
    package let longestText: Int
    /// The policy's own words to the caller.
    package let because: String?

    package init(name: String, source: String, caseInsensitive: Bool, longestText: Int, because: String?) {
      self.name = name
      self.source = source
      self.caseInsensitive = caseInsensitive
      self.longestText = longestText
      self.because = because
    }
  }

  package let name: String
  /// As the person named it.
  package let file: String
  /// Of its name, from 1.
  package let line: Int
  /// Evaluated and logged, not enforced.
  package let isShadow: Bool
  /// What it is called and looks for is for its operators only: no answer to a caller tells it.
  package let isConfidential: Bool
  package let patterns: [Pattern]

  package init(name: String, file: String, line: Int, isShadow: Bool, isConfidential: Bool, patterns: [Pattern]) {
    self.name = name
    self.file = file
    self.line = line
    self.isShadow = isShadow
    self.isConfidential = isConfidential
    self.patterns = patterns
  }
}
