package import Text

// Every diagnostic of this module. Numbers are never reused; each has a page in docs/errors and a case in Tests/LintingTests/Cases.

// Who may do what.
extension Diagnostic.Code {
  /// A sensitive scope of which nobody says that it is theirs.
  package static let missingOwner = Self(.warning, 1001, "missing-owner")
  /// A deny, ask or block that does not say why.
  package static let missingReason = Self(.note, 1002, "missing-reason")
  /// A scope without a text for the person who consents to it.
  package static let missingConsentText = Self(.note, 1003, "missing-consent-text")
  /// A scope that also opens what the server will have after the next snapshot.
  package static let openGlob = Self(.warning, 1004, "open-glob")
  /// A grant to everybody, always.
  package static let unconditionalGrant = Self(.warning, 1005, "unconditional-grant")
  /// A grant of a sensitive scope that never ends.
  package static let standingGrant = Self(.note, 1006, "standing-grant")
  /// A deny of every tool of every server.
  package static let closesEverything = Self(.warning, 1007, "closes-everything")
}

// Time.
extension Diagnostic.Code {
  /// A shadow rule that has been watched for long.
  package static let staleShadow = Self(.warning, 1008, "stale-shadow")
  /// A shadow rule that does not say since when.
  package static let undatedShadow = Self(.note, 1009, "undated-shadow")
  /// A grant that ends so late that the year may be a slip.
  package static let distantEnd = Self(.warning, 1010, "distant-end")
  /// A grant that ends soon.
  package static let endingGrant = Self(.note, 1011, "ending-grant")
  /// An approval that may be given when nobody remembers the call.
  package static let longApproval = Self(.warning, 1012, "long-approval")
}

// Tests of texts that let more through than they seem to.
extension Diagnostic.Code {
  /// The end of a host or address without what must stand before it.
  package static let looseSuffix = Self(.warning, 1013, "loose-suffix")
  /// A folder tested as a text.
  package static let pathPrefix = Self(.warning, 1014, "path-prefix")
  /// A host tested as a text.
  package static let addressPrefix = Self(.warning, 1015, "address-prefix")
  /// A word looked for in one case of letters.
  package static let evadableWord = Self(.note, 1016, "evadable-word")
  /// A fact compared with the empty text.
  package static let emptyText = Self(.warning, 1017, "empty-text")
}

// Limits.
extension Diagnostic.Code {
  /// A limit that all callers use up together.
  package static let sharedLimit = Self(.warning, 1018, "shared-limit")
  /// A sensitive tool under no limit.
  package static let unlimitedTool = Self(.note, 1019, "unlimited-tool")
}

// What nobody needs.
extension Diagnostic.Code {
  package static let unusedSet = Self(.warning, 1020, "unused-set")
  package static let unusedAgent = Self(.note, 1021, "unused-agent")
  /// A set of patterns that no filter looks for.
  package static let unusedPatterns = Self(.warning, 1022, "unused-patterns")
  /// A target that another one of the same list covers.
  package static let coveredTarget = Self(.warning, 1023, "covered-target")
  /// A set of one element.
  package static let singleElement = Self(.note, 1024, "single-element")
  package static let doubleNegation = Self(.note, 1025, "double-negation")
  /// Several comparisons where a set says the same.
  package static let chainedEqualities = Self(.note, 1026, "chained-equalities")
  /// An `@allow` that silences nothing.
  package static let idleAllowance = Self(.warning, 1027, "idle-allowance")
}
