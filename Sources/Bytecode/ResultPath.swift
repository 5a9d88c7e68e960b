/// A path into structured content: `$.messages[*].body`. Means every text at its end or below.
package struct ResultPath: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    /// Bytes of the member's name, escapes resolved.
    case member([UInt8])
    /// Each element of an array.
    case elements
  }

  /// From the whole content downwards; empty for `$`.
  package let steps: [Step]

  package init(steps: [Step]) { self.steps = steps }
}
