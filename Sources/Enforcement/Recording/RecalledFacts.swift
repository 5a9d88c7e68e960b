package import Decision

/// What a recording knows of the values that it lacks, for the decision on one request.
package struct RecalledFacts: Sendable {
  /// A fact that a decision depends on and nobody knows.
  package enum Missing: Sendable, Equatable {
    /// A test of a rule.
    case test
    /// What filters of the arguments would have found.
    case argumentFilter
    /// Whether the arguments fit the tool's schema.
    case schema
    /// What a limit counts, or whose it is.
    case limit
    /// What filters of the answer would have found.
    case answer
    /// The address of a resource.
    case address
  }

  /// What filters of the arguments found.
  package struct Findings: Sendable {
    /// The filter that refused.
    package var denial: String?
    package var shadows: [String]
    package var labels: [String]

    package init(denial: String?, shadows: [String], labels: [String]) {
      self.denial = denial
      self.shadows = shadows
      self.labels = labels
    }
  }

  /// By place in the code of the program that decides.
  package var outcomes: [RecalledTests.Outcome]
  /// Nil: other filters looked, or none.
  package var findings: Findings?
  /// Whether the arguments fitted the schema, when it was this schema; nil: it was another.
  package var fits: Bool?
  /// Whether the arguments are all there, and only claims of the caller are not.
  package var isOfClaimsOnly = false
  var missing: Missing?

  package init(outcomes: [RecalledTests.Outcome] = [], findings: Findings? = nil, fits: Bool? = nil) {
    self.outcomes = outcomes
    self.findings = findings
    self.fits = fits
  }
}
