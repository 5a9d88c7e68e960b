internal import JSON

/// The value of one slot for one call, brought to a number, so that most tests are one comparison of integers.
///
/// `value` is 0 when the fact is absent, and else:
/// - text, scheme: 2 and up for a literal that rules know, 1 for any other text;
/// - number, length, moment: its rank among the slot's sorted constants c₀ < c₁ < …: 1 below c₀, 2 equal to it, 3 between it and c₁, …;
/// - boolean: 1 false, 2 true;
/// - clock field: its value plus one;
/// - presence, list, host, path: 1.
struct Cell {
  var value: UInt32
  /// Which bytes a text's range is of.
  var source: Source
  var lower: UInt32
  var upper: UInt32
  /// Of a number or a list in the arguments.
  var node: Node

  enum Source: UInt8 {
    /// The document's bytes.
    case document
    /// The evaluator's buffer for texts whose escapes were resolved.
    case decoded
    /// The evaluator's buffer for hosts, schemes and paths.
    case derived
    /// The principal's bytes, or for lists and numbers its cells and numbers.
    case principal
  }

  /// Not computed yet; only derived slots are.
  static let pending: UInt32 = .max
  /// Not known: arguments while a list is filtered.
  static let unknown: UInt32 = .max - 1

  static let absent: UInt32 = 0
  static let other: UInt32 = 1
  /// The first number that a literal may have.
  static let firstLiteral: UInt32 = 2

  init(value: UInt32, source: Source = .document, range: Range<Int> = 0..<0, node: Node) {
    self.value = value
    self.source = source
    self.lower = UInt32(truncatingIfNeeded: range.lowerBound)
    self.upper = UInt32(truncatingIfNeeded: range.upperBound)
    self.node = node
  }

  var range: Range<Int> { Int(lower)..<Int(upper) }
}
