package import Semantics
package import Syntax
package import Text

/// What the rules of the linter look at: policies that mean something, and how they are written.
package struct LintInput: Sendable {
  package let policies: CheckedPolicies
  /// The files of the person; shipped packs are not among them.
  package let trees: [SyntaxTree]
  /// The moment the policies are looked at.
  package let now: MomentLiteral

  package init(policies: CheckedPolicies, trees: [SyntaxTree], now: MomentLiteral) {
    self.policies = policies
    self.trees = trees
    self.now = now
  }
}

/// One kind of finding. Its fixes keep the meaning of the policy: `check --fix` holds them to the semantic fingerprint.
protocol LintRule: SendableMetatype {
  static var code: Diagnostic.Code { get }
  static func findings(in input: LintInput) -> [Diagnostic]
}

private let rules: [any LintRule.Type] = [
  MissingOwner.self, MissingReason.self, MissingConsentText.self, OpenGlob.self, UnconditionalGrant.self, StandingGrant.self,
  ClosesEverything.self, StaleShadow.self, UndatedShadow.self, DistantEnd.self, EndingGrant.self, LongApproval.self,
  LooseSuffix.self, PathPrefix.self, AddressPrefix.self, EvadableWord.self, EmptyText.self, SharedLimit.self, UnlimitedTool.self,
  UnusedSet.self, UnusedAgent.self, UnusedPatterns.self, CoveredTarget.self, SingleElement.self, DoubleNegation.self,
  ChainedEqualities.self,
]

/// Everything the linter has to say, sorted by file and place, and the findings of others that no `@allow` silences.
///
/// - Parameter others: what checking and analysis have found; their warnings and notes can be allowed too, errors never.
package func lint(_ input: LintInput, others: [Diagnostic] = []) -> [Diagnostic] {
  let found = rules.flatMap { $0.findings(in: input) }.sorted { $0.primary.range < $1.primary.range }
  return Allowances(input).apply(to: others, found)
}

/// The names that `@allow` may say beside those of other warnings: every rule of the linter.
let lintNames: Set<String> = Set(rules.map { $0.code.name })
