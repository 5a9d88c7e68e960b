package import Text

extension CheckedPolicies {
  /// A filter of what goes to servers: a call in whose arguments one of its patterns finds something is denied.
  package struct Filter: Sendable {
    package struct Pattern: Hashable, Sendable {
      /// With its set: `sql.stacked`.
      package let name: String
      /// To be searched for; known to be of bounded cost.
      package let text: TextPattern
      package let because: String?

      package init(name: String, text: TextPattern, because: String?) {
        self.name = name
        self.text = text
        self.because = because
      }
    }

    package let name: String
    /// Tools and prompts; resources have no arguments.
    package let targets: Targets
    /// At least one, in order of place.
    package let patterns: [Pattern]
    /// Evaluated and logged, not enforced.
    package let isShadow: Bool
    package let annotations: [Annotation]
    package let nameRange: SourceRange

    package init(
      name: String, targets: Targets, patterns: [Pattern], isShadow: Bool, annotations: [Annotation], nameRange: SourceRange
    ) {
      self.name = name
      self.targets = targets
      self.patterns = patterns
      self.isShadow = isShadow
      self.annotations = annotations
      self.nameRange = nameRange
    }
  }
}
