/// `binary not "image/png", "audio/*" longer than 1MiB -> block`
package struct BinaryClause: Hashable, Sendable {
  package enum Action: Hashable, Sendable {
    /// Nothing of the message passes.
    case block
    /// A text stands in the place of the content; nil: one that says what was there.
    case redact([UInt8]?)
  }

  /// Whether it speaks of all types but `types`.
  package let isExcept: Bool
  /// Empty: every type.
  package let types: [MediaRange]
  /// Of the content itself, not of its base64; nil: of any size.
  package let longerThan: Int?
  /// At least one of this and `labels` is there.
  package let action: Action?
  package let labels: LabelSet
  /// The policy's own words to the caller.
  package let because: String?

  package init(isExcept: Bool, types: [MediaRange], longerThan: Int?, action: Action?, labels: LabelSet, because: String?) {
    self.isExcept = isExcept
    self.types = types
    self.longerThan = longerThan
    self.action = action
    self.labels = labels
    self.because = because
  }
}

/// `image/png`, or `image/*` for each type of a kind; in lower case.
package struct MediaRange: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ text: String) { description = text }

  /// - Parameter type: in lower case, without parameters.
  package func holds(_ type: String) -> Bool {
    type == description || description.hasSuffix("/*") && type.hasPrefix(description.dropLast())
  }
}
