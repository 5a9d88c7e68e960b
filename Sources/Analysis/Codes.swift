package import Text

// Every diagnostic of this module. Numbers are never reused; each has a page in docs/errors and a case in Tests/AnalysisTests/Cases.

extension Diagnostic.Code {
  /// A `prove` that some call shows to be wrong.
  package static let refutedProof = Self(.error, 711, "refuted-proof")
  /// A `prove` of which neither can be shown.
  package static let undecidedProof = Self(.error, 712, "undecided-proof")
  /// A rule that no call meets.
  package static let deadRule = Self(.warning, 713, "dead-rule")
  /// A rule that says what others of its kind say already.
  package static let coveredRule = Self(.warning, 714, "covered-rule")
  /// A grant or ask of which denies take everything.
  package static let overriddenGrant = Self(.warning, 715, "overridden-grant")
  /// A change by which more is let through, or may be.
  package static let widerPolicy = Self(.warning, 716, "wider-policy")
  /// A change by which less is let through.
  package static let narrowerPolicy = Self(.note, 717, "narrower-policy")
  /// A test that could be left out of its condition.
  package static let idleTest = Self(.warning, 718, "idle-test")
  /// A scope that no grant gives.
  package static let ungrantedScope = Self(.warning, 719, "ungranted-scope")
  /// Tools that nobody may call.
  package static let closedTools = Self(.note, 720, "closed-tools")
}
