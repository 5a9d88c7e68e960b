/// What one match may cost. Every number is a fuse: a pattern that passed the ambiguity check never meets it.
package enum PatternLimits {
  /// Returns to a choice from one starting place; 100,000 of them take under half a millisecond, and honest patterns with bounded gaps stay
  /// below some thousands. Machine code does not count what a repeated single character gives back (`a*a*b`), so this stops
  /// exponential patterns only: polynomial ones must be refused beforehand, by `RegularExpression.ambiguity`.
  package static let match: UInt32 = 100_000

  /// Bytes of machine stack a match starts with: what PCRE2 itself would take from the thread's stack.
  package static let initialStack = 32 * 1024

  /// Bytes of stack after which a match is undecided. Only nested unbounded groups need more than some kilobytes.
  package static let maximumStack = 512 * 1024

  /// Bytes of a pattern's source.
  package static let source = 64 * 1024
}
