/// Why a text is no regular expression of the accepted kind.
package struct SyntaxError: Error, Hashable, Sendable {
  /// Bytes of the source; empty at the end of the source.
  package let range: Range<Int>
  /// Lower case, without a full stop.
  package let message: String
  /// What to write instead, where there is something to say.
  package let help: String?

  package var offset: Int { range.lowerBound }

  init(_ range: Range<Int>, _ message: String, help: String? = nil) {
    self.range = range
    self.message = message
    self.help = help
  }
}
