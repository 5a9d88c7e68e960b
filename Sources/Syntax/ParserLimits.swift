/// What the parser reads at most. A policy is input like any other: each bound keeps memory or time in proportion to something small.
package struct ParserLimits: Sendable {
  /// A file's size. 4 MiB holds some 100,000 lines; a larger file is generated and should be split. Offsets are 32 bits wide.
  package var bytes = 4 << 20
  /// Tokens of one file, white space and comments included. A token costs 20 bytes here and up to some hundred in the tree.
  package var tokens = 1_000_000
  /// A string's or pattern's bytes as written. Reasons and examples are sentences; 16 KiB is a page of text for a pattern's `hit`.
  package var stringBytes = 16 << 10
  /// A name's bytes: the protocol allows tool names of 128 characters.
  package var nameBytes = 128
  /// A number's characters: more digits than any currency, counter or identifier needs.
  package var numberBytes = 64
  /// Nesting of parentheses, values and blocks. Trees are walked and released recursively, so this bounds the stack.
  package var nesting = 64
  /// Errors reported for one file; nobody mends more in one go.
  package var diagnostics = 100

  package init() {}

  package static let standard = ParserLimits()
}
