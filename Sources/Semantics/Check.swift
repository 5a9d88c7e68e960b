internal import JSON
internal import RegularExpressions
package import Syntax
package import Text

package struct CheckOptions: Sendable {
  /// The moment the policies are checked at, for warnings about what has ended; nil: time plays no part.
  package var now: MomentLiteral?

  package init(now: MomentLiteral? = nil) { self.now = now }
}

/// Resolves every name, types every condition, and says what cannot mean what it seems to.
///
/// The value is nil exactly when the diagnostics contain an error or `load` reported one. Diagnostics are sorted by file and place; those of
/// `load` are not repeated.
package func check(_ sources: Sources, options: CheckOptions = CheckOptions()) -> Diagnosed<CheckedPolicies?> {
  var checker = Checker(sources: sources, options: options)
  checker.declare()
  checker.checkLabels()
  checker.checkAnnotations()
  checker.checkServers()
  checker.checkSets()
  checker.checkScopes()
  checker.checkAgents()
  checker.checkRefinements()
  checker.checkRules()
  checker.checkNarrowings()
  checker.checkDeadLimits()
  checker.checkPatterns()
  checker.checkFilters()
  checker.checkLabelEvents()
  checker.checkSessions()
  checker.checkEvidence()
  checker.checkLabelUses()
  checker.checkClaims()
  let diagnostics = sorted(checker.diagnostics)
  let isGood = sources.isComplete && !diagnostics.contains { $0.severity == .error }
  return Diagnosed(isGood ? CheckedPolicies(checker.parts) : nil, diagnostics)
}

/// The state of one check. Its work is spread over files by subject.
struct Checker {
  let sources: Sources
  let options: CheckOptions
  let visibility: Visibility
  var diagnostics: [Diagnostic] = []
  var symbols = [SymbolTable](repeating: SymbolTable(), count: SymbolKind.allCases.count)
  var declared = Declared()
  var parts = CheckedPolicies.Parts()
  /// By server: the index of each tool and prompt.
  var tools: [[ExactText: Int]] = []
  var prompts: [[ExactText: Int]] = []
  /// Targets already expanded, by the text of what was written and, for globs over servers, the file.
  var expanded: [TargetKey: Targets] = [:]
  /// What each claim's first typed use said.
  var claimUses: [ClaimPath: ClaimUse] = [:]
  /// What the schemas say of the facts of the condition at hand.
  var domains: [Fact: FactDomain] = [:]
  /// What may still be said of it.
  var findingsLeft = DomainLimits.findings
  /// Claims that are only asked for their presence.
  var claimsAsked: Set<ClaimPath> = []
  /// Fields that a `refine` speaks of, and where.
  var refinedFields: [ToolReference: [ArgumentPath: SourceRange]] = [:]
  /// As far as limits have been checked.
  var limitsOfTools: [ToolReference: Int] = [:]
  var limitsOfPrompts: [PromptReference: Int] = [:]
  var limitsOfResources: [Int: Int] = [:]
  /// Patterns already examined: a pattern may stand in many rules.
  var ambiguities: [PatternKey: Ambiguity] = [:]
  /// What a pattern takes too many steps on because its counts multiply; nil: nothing known.
  var costlyTexts: [PatternKey: CostlyText?] = [:]
  /// Pairs of patterns that may still be compared.
  var comparisonsLeft = PatternLimits.comparisons
  /// What sets each label.
  var labelSetters: [String: [LabelSetter]] = [:]
  /// Where something waits for a label, and which labels rules ask for.
  var labelsUsed: [Identifier] = []
  var labelsRead: Set<String> = []
  /// Comparisons that suggestions may still make: a thousand misspelt names against a thousand tools must not take minutes.
  var suggestionsLeft = 1_000_000

  init(sources: Sources, options: CheckOptions) {
    self.sources = sources
    self.options = options
    visibility = Visibility(uses: sources.loaded.map(\.uses))
    parts.files = sources.files
  }

  mutating func report(
    _ code: Diagnostic.Code, _ message: String, _ range: SourceRange, _ label: String, also: [Diagnostic.Label] = [], help: String? = nil,
    fixes: [Diagnostic.Fix] = []
  ) {
    diagnostics.append(Diagnostic(code, message, at: .init(range, label), also: also, help: help, fixes: fixes))
  }

  /// The candidate a person most likely meant.
  mutating func suggestion(for word: String, among candidates: [String]) -> String? {
    guard suggestionsLeft > 0 else { return nil }
    suggestionsLeft -= candidates.count
    return nearest(to: word, among: candidates)
  }
}

/// What the time of a pattern depends on; working it out is dear, and policies repeat patterns.
struct PatternKey: Hashable {
  let source: ExactText
  let caseInsensitive: Bool
  let mode: MatchMode
}
