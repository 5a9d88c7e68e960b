package import Text

// Every diagnostic of this module. Numbers are never reused; each has a page in docs/errors and a case in Tests/AnalysisTests/Cases.

extension Diagnostic.Code {
  /// A `prove` that some call shows to be wrong.
  package static let refutedProof = Self(.error, 711, "refuted-proof")
  /// A `prove` of which neither can be shown.
  package static let undecidedProof = Self(.error, 712, "undecided-proof")
}
