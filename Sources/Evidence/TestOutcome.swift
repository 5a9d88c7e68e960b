package import Decision
package import Semantics
package import Text

/// What came of one test or table row.
package struct TestOutcome: Sendable {
  package let test: CheckedPolicies.Test
  /// Empty when it passed.
  package let failures: [TestFailure]

  package var passed: Bool { failures.isEmpty }

  /// `a small refund goes through`, `who may merge, row 2`
  package var title: String {
    switch test.origin {
    case .test: test.name
    case .table(let row): "\(test.name), row \(row)"
    }
  }
}

/// One expectation that did not hold.
package struct TestFailure: Sendable {
  /// The expectation in its file.
  package let range: SourceRange
  /// What came instead: `deny by default`.
  package let got: String
  /// What a person would ask next: which test of the nearest rule was not met, with the value it met.
  package let reasons: [String]
  /// The rule that decided, or the nearest grant, with what its tests met; nil where no rule says more.
  package let rule: RuleTrace?

  init(range: SourceRange, got: String, reasons: [String], rule: RuleTrace? = nil) {
    self.range = range
    self.got = got
    self.reasons = reasons
    self.rule = rule
  }
}
