/// How large an expression may be. A person's pattern is far below each; what is above is refused with words.
package enum ExpressionLimits {
  /// Bytes of source. Long alternations of words reach a few kilobytes.
  package static let source = 32 * 1024

  /// Parentheses within each other. PCRE2 stops at 250; a tree this deep is walked by recursion everywhere.
  package static let nesting = 50

  /// The largest count in `{n,m}`. PCRE2 stops at 65,535, having copied the part that often.
  package static let repetition = 1_000

  /// Characters the expression stands for once its counted repetitions are written out, which is the size of its automaton.
  package static let expanded = 20_000
}
