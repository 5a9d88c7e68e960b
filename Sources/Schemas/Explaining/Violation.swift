package import JSON

/// One thing wrong with an instance, said so that whoever made it can put it right in one try. Holds nothing of the schema but what this
/// one place expects, and nothing of the instance that is sensitive.
package struct Violation: Hashable, Sendable {
  /// Where in the instance.
  package let instancePath: Pointer
  /// The keyword that was not met; `false` for a place where nothing may stand.
  package let keyword: String
  /// What should stand there: "an integer from 1 to 100".
  package let expected: String
  /// What stands there, shortened; a description of its kind where the value is sensitive.
  package let got: String
  /// The nearest thing that would be right, when one is near.
  package let suggestion: String?

  /// One line: lower case, without a full stop.
  package var message: String {
    let place = instancePath.tokens.isEmpty ? "the value" : "`\(instancePath.description)`"
    let hint = suggestion.map { "; did you mean `\($0)`?" } ?? ""
    return "\(place): expected \(expected), got \(got)\(hint)"
  }
}

/// What is wrong with a value.
package struct Explanation: Hashable, Sendable {
  package let violations: [Violation]
  /// False where a bound was reached: there may be more.
  package let isComplete: Bool

  package init(violations: [Violation], isComplete: Bool) {
    self.violations = violations
    self.isComplete = isComplete
  }

  /// For people, where it is not complete; lower case, without a full stop.
  package static let more = "there may be more: the rest was not looked at"
}
