package import Text

// Every diagnostic of this module. Numbers are never reused; each has a page in docs/errors and a case in Tests/SemanticsTests/Cases.

// Names that are not there.
extension Diagnostic.Code {
  /// A server no file declares.
  package static let unknownServer = Self(.error, 101, "unknown-server")
  package static let unknownScope = Self(.error, 102, "unknown-scope")
  package static let unknownAgent = Self(.error, 103, "unknown-agent")
  /// A tool its server's snapshot does not list.
  package static let unknownTool = Self(.error, 104, "unknown-tool")
  /// A prompt its server's snapshot does not list.
  package static let unknownPrompt = Self(.error, 105, "unknown-prompt")
  /// A glob that matches no tool, prompt or resource.
  package static let emptyGlob = Self(.error, 106, "empty-glob")
  package static let unknownSet = Self(.error, 107, "unknown-set")
  package static let unknownLabel = Self(.error, 108, "unknown-label")
  /// A rule a test expects, that no file declares or that is of another kind.
  package static let unknownRule = Self(.error, 109, "unknown-rule")
  /// A pattern set, or a pattern within one.
  package static let unknownPattern = Self(.error, 110, "unknown-pattern")
  /// A fact that is neither an argument, a claim nor a clock field.
  package static let unknownFact = Self(.error, 111, "unknown-fact")
  /// An argument the tool's schema does not have.
  package static let unknownArgument = Self(.error, 112, "unknown-argument")
  /// A name declared in a file that is not imported.
  package static let notImported = Self(.error, 113, "not-imported")
  package static let unknownFunction = Self(.error, 114, "unknown-function")
  /// A word that must be one of a fixed list: a weekday, a denial code, a limit's key, a filter's place.
  package static let unknownChoice = Self(.error, 115, "unknown-choice")
  /// An annotation that the gate obeys, misspelt, in the wrong place, twice or with the wrong value.
  package static let badAnnotation = Self(.error, 116, "bad-annotation")
}

// Declarations.
extension Diagnostic.Code {
  package static let duplicateName = Self(.error, 201, "duplicate-name")
  /// A second `policy`, `edition` or `session` where one is allowed.
  package static let repeatedDeclaration = Self(.error, 202, "repeated-declaration")
  package static let scopeCycle = Self(.error, 203, "scope-cycle")
  /// A grant everything of which an unconditional deny takes away.
  package static let coveredGrant = Self(.error, 204, "covered-grant")
  package static let unknownEdition = Self(.error, 205, "unknown-edition")
  /// A test that calls nothing, expects nothing or expects before it calls.
  package static let emptyTest = Self(.error, 206, "empty-test")
  /// A table without a column it needs, with one twice, or with a cell of another kind than its column.
  package static let badTable = Self(.error, 207, "bad-table")
  /// A label cleared or asked for that nothing sets.
  package static let labelNeverSet = Self(.error, 208, "label-never-set")
  /// A target of a kind that cannot stand here: a glob in a call, a resource in a refinement.
  package static let misplacedTarget = Self(.error, 209, "misplaced-target")
  /// A label that no rule asks for.
  package static let labelNeverRead = Self(.warning, 210, "label-never-read")
  /// A label asked for that only tools set which nobody may call.
  package static let labelOutOfReach = Self(.warning, 211, "label-out-of-reach")
  /// More labels than a session keeps.
  package static let tooManyLabels = Self(.error, 212, "too-many-labels")
}

// Types, facts and phases.
extension Diagnostic.Code {
  /// A fact used where it does not exist yet or any more.
  package static let wrongPhase = Self(.error, 301, "wrong-phase")
  /// `args` in a rule that also speaks of resources, which have no arguments.
  package static let noArguments = Self(.error, 302, "no-arguments")
  /// A test of one type on a fact of another.
  package static let typeMismatch = Self(.error, 303, "type-mismatch")
  /// `<` and its like on text.
  package static let unorderedText = Self(.error, 304, "unordered-text")
  /// A value the tool's schema does not allow.
  package static let valueNotAllowed = Self(.error, 305, "value-not-allowed")
  /// An argument whose schema allows several types, or says none.
  package static let untypedArgument = Self(.error, 306, "untyped-argument")
  /// One claim used as two types.
  package static let claimConflict = Self(.error, 307, "claim-conflict")
  /// A list tested as if it were one value.
  package static let needsQuantifier = Self(.error, 308, "needs-quantifier")
  /// `any of`, `all of`, `none of` over something that is no list, or over lists within lists.
  package static let badQuantifier = Self(.error, 309, "bad-quantifier")
  /// A bare word where a text is meant.
  package static let needsQuotes = Self(.error, 310, "needs-quotes")
  /// Two facts compared otherwise than with `==` or `!=`.
  package static let factComparison = Self(.error, 311, "fact-comparison")
  /// An optional argument read without saying what happens when it is absent.
  package static let maybeAbsent = Self(.error, 312, "maybe-absent")
  /// A value a clock field never has.
  package static let impossibleClock = Self(.error, 313, "impossible-clock")
  package static let invertedRange = Self(.error, 314, "inverted-range")
  package static let emptySet = Self(.error, 315, "empty-set")
  /// A text that cannot be the path, host or word it has to be.
  package static let badText = Self(.error, 316, "bad-text")
  /// A duration, moment or number that cannot stand here.
  package static let badQuantity = Self(.error, 317, "bad-quantity")
  /// An action of a filter where it cannot happen.
  package static let misplacedAction = Self(.error, 318, "misplaced-action")
}

// Refinements and limits.
extension Diagnostic.Code {
  /// A constraint that does not suit the field's type.
  package static let unsuitableConstraint = Self(.error, 401, "unsuitable-constraint")
  /// A refinement that leaves no value, or contradicts the schema.
  package static let emptyRefinement = Self(.error, 402, "empty-refinement")
  /// A default the refinement itself refuses.
  package static let badDefault = Self(.error, 403, "bad-default")
  /// Two refinements of a field, defaults, or costs that do not agree.
  package static let conflictingNarrowing = Self(.error, 404, "conflicting-narrowing")
  /// A constraint that changes nothing under the tool's own schema.
  package static let idleRefinement = Self(.warning, 406, "idle-refinement")
  /// Two things done to one text, or to one label by one event.
  package static let conflictingActions = Self(.error, 407, "conflicting-actions")
  /// A limit of nothing, or one whose single call costs more than all of it.
  package static let impossibleLimit = Self(.error, 405, "impossible-limit")
}

// Regular expressions and patterns.
extension Diagnostic.Code {
  /// A pattern that can take exponential time.
  package static let exponentialPattern = Self(.error, 501, "exponential-pattern")
  package static let patternTooLarge = Self(.error, 502, "pattern-too-large")
  package static let patternSyntax = Self(.error, 503, "pattern-syntax")
  /// A pattern that can take polynomial time.
  package static let polynomialPattern = Self(.error, 504, "polynomial-pattern")
  /// A pattern of a set without a `hit` and a `miss`.
  package static let unprovenPattern = Self(.error, 505, "unproven-pattern")
  /// A pattern that does not find its own `hit`.
  package static let missedHit = Self(.error, 506, "missed-hit")
  /// A pattern that finds its own `miss`.
  package static let foundMiss = Self(.error, 507, "found-miss")
  /// A pattern that finds every text, or none.
  package static let vacuousPattern = Self(.error, 508, "vacuous-pattern")
  /// A pattern of a set that finds nothing its sibling does not find.
  package static let coveredPattern = Self(.warning, 509, "covered-pattern")
  /// A pattern that is right by its syntax and probably not what was meant.
  package static let suspiciousPattern = Self(.warning, 510, "suspicious-pattern")
  /// A pattern that finds a word in one case of letters only.
  package static let caseSensitivePattern = Self(.warning, 511, "case-sensitive-pattern")
  /// A filter for words that reads text as it is written.
  package static let rawText = Self(.warning, 512, "raw-text")
  /// A pattern whose counted repetitions multiply.
  package static let costlyCounts = Self(.error, 513, "costly-counts")
}

// Files and snapshots.
extension Diagnostic.Code {
  package static let fileNotFound = Self(.error, 601, "file-not-found")
  package static let fileUnreadable = Self(.error, 602, "file-unreadable")
  /// Files that `use` each other in a circle.
  package static let useCycle = Self(.error, 603, "use-cycle")
  package static let snapshotNotJSON = Self(.error, 604, "snapshot-not-json")
  /// JSON, but no snapshot.
  package static let snapshotShape = Self(.error, 605, "snapshot-shape")
  /// A snapshot whose digests do not match what it lists.
  package static let snapshotEdited = Self(.error, 606, "snapshot-edited")
  package static let tooManyFiles = Self(.error, 607, "too-many-files")
  /// A path that no file can have.
  package static let badPath = Self(.error, 608, "bad-path")
}

// Rules that cannot do what they seem to.
extension Diagnostic.Code {
  /// A test that no value passes.
  package static let neverHolds = Self(.error, 701, "never-holds")
  /// A test that every value passes.
  package static let alwaysHolds = Self(.warning, 702, "always-holds")
  /// Tests that each can hold, but not together.
  package static let contradiction = Self(.error, 703, "contradiction")
  package static let duplicateElement = Self(.warning, 704, "duplicate-element")
  /// A grant that has ended.
  package static let grantExpired = Self(.warning, 705, "grant-expired")
  /// A test that no value passes which a refinement has left.
  package static let refinedAway = Self(.warning, 707, "refined-away")
  /// A limit that another one always reaches first.
  package static let deadLimit = Self(.warning, 708, "dead-limit")
  /// A test gives the caller a claim that no condition reads.
  package static let unreadClaim = Self(.warning, 706, "unread-claim")
}
