package import Text

// Patterns and filters: what is done to what goes to and comes from a server.

/// `patterns secrets fires at 3 within 2KiB { github_token: /…/ weight 2 family tokens valid random hit "…" miss "…" }`
package struct PatternsSyntax: Sendable {
  /// `fires at 3 within 2KiB`
  package struct Firing: Sendable {
    package let threshold: Literal
    /// A size.
    package let window: Literal?

    package init(threshold: Literal, window: Literal?) {
      self.threshold = threshold
      self.window = window
    }
  }

  package struct Pattern: Sendable {
    package let name: Identifier
    package let regex: RegexLiteral
    package let weight: Literal?
    package let family: Identifier?
    /// Names of checks that a match must pass: `valid luhn`.
    package let checks: [Identifier]
    package let hits: [StringLiteral]
    package let misses: [StringLiteral]
    package let range: SourceRange

    package init(
      name: Identifier, regex: RegexLiteral, weight: Literal?, family: Identifier?, checks: [Identifier], hits: [StringLiteral],
      misses: [StringLiteral], range: SourceRange
    ) {
      self.name = name
      self.regex = regex
      self.weight = weight
      self.family = family
      self.checks = checks
      self.hits = hits
      self.misses = misses
      self.range = range
    }
  }

  package let name: DottedName
  /// Absent: every match counts.
  package let firing: Firing?
  package let patterns: [Pattern]

  package init(name: DottedName, firing: Firing?, patterns: [Pattern]) {
    self.name = name
    self.firing = firing
    self.patterns = patterns
  }
}

/// `filter outside_text on web.* in text, resource normalise unicode match injection -> wrap, label untrusted`
package struct FilterSyntax: Sendable {
  package enum Place: Sendable {
    /// `text`, `resource`, `description`, `error`, `args`, …
    case kind(Identifier)
    /// `structured "$.messages[*].body"`; without a path, all of it.
    case structured(StringLiteral?, SourceRange)
  }

  package enum Clause: Sendable {
    /// `normalise unicode`, `decode base64, hex`
    case normalise([Identifier], SourceRange)
    /// `strip invisible`
    case strip([Identifier], SourceRange)
    case decode([Identifier], SourceRange)
    /// `match secrets.github_token -> redact "[removed]", label secret_seen`
    case match(DottedName, [Action], SourceRange)
    /// `longer than 64KiB -> truncate`
    case longerThan(Literal, [Action], SourceRange)
    /// `binary not "image/*", "audio/*" longer than 1MiB -> block`
    case binary(Binary, [Action], SourceRange)
  }

  /// Which binary content a clause speaks of.
  package struct Binary: Sendable {
    /// Whether it speaks of all types but those named.
    package let isExcept: Bool
    /// Empty: every type.
    package let types: [StringLiteral]
    package let longerThan: Literal?

    package init(isExcept: Bool, types: [StringLiteral], longerThan: Literal?) {
      self.isExcept = isExcept
      self.types = types
      self.longerThan = longerThan
    }
  }

  package enum Action: Sendable {
    case wrap(SourceRange)
    case redact(StringLiteral?, SourceRange)
    case remove(SourceRange)
    case truncate(SourceRange)
    case block(because: StringLiteral?, SourceRange)
    case label(Identifier)
  }

  package let name: Identifier
  package let targets: [Target]
  /// Empty: every place a model reads.
  package let places: [Place]
  package let clauses: [Clause]

  package init(name: Identifier, targets: [Target], places: [Place], clauses: [Clause]) {
    self.name = name
    self.targets = targets
    self.places = places
    self.clauses = clauses
  }
}
