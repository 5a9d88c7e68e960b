/// How much one document may ask of its reader. Whatever goes over a limit is refused; nothing is cut short.
package struct DocumentLimits: Hashable, Sendable {
  /// Arrays and objects inside one another. Later readers of the same bytes may recurse, and releasing a deep tree does;
  /// real messages stay below 20.
  package var depth: Int

  /// Length of the whole text. Bounds the memory of one message; large enough for a picture in base64.
  package var bytes: Int

  /// Values, where the name of a member counts as one. The tape takes 16 bytes for each, so `[1,1,1,…]` takes eight times its text:
  /// this bounds that factor for large texts.
  package var values: Int

  /// Digits of one number, before and after the point together, from the first that is not 0. Work on a long number grows with its
  /// length, and no peer computes with more than this.
  package var digits: Int

  /// How far the exponent of a number goes from 0: the written one, and that of its first digit other than 0 (what it would be with one
  /// digit before the point). Binary doubles end at 308 and nothing real is beyond this; it keeps a few bytes of text (`1e999999999`)
  /// from standing for a number that fills the memory when written out. With at least 21 digits allowed, canonical text stays within the
  /// limits that the number was read with.
  package var exponent: Int

  /// Each limit must be positive, and small enough for the 32-bit offsets of the tape.
  package init(
    depth: Int = 128, bytes: Int = 16 << 20, values: Int = 1 << 20, digits: Int = Number.maximumDigits,
    exponent: Int = Number.maximumExponent
  ) {
    self.depth = depth
    self.bytes = bytes
    self.values = values
    self.digits = digits
    self.exponent = exponent
  }

  package static let standard = DocumentLimits()

  /// What the tape's 32-bit offsets and 28-bit counts can hold; a parser that was given more traps when it is made.
  var areRepresentable: Bool {
    (1...1 << 20).contains(depth) && (1...1 << 31).contains(bytes) && (1...1 << 28).contains(values)
      && (1...1 << 28).contains(digits) && (1...1 << 28).contains(exponent)
  }
}
