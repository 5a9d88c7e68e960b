internal import JSON
internal import Patterns

/// A compiled schema: one array of words, and the few things that are no numbers.
///
/// A procedure is a word that says where it ends, then instructions. An instruction is a header (operation, kinds of values it speaks of,
/// flags, length in words) and its operands. Where an operand is a ``Target``, it says what to apply to a value.
final class Program: Sendable {
  let code: [UInt64]
  let root: Target
  let patterns: [Pattern]
  let formats: [Format]
  let ranges: [NumberRange]
  let numbers: [Number]
  let sets: [ValueIndex]

  init(_ encoder: Encoder, root: Target) {
    code = encoder.code
    self.root = root
    patterns = encoder.patterns
    formats = encoder.formats
    ranges = encoder.ranges
    numbers = encoder.numbers
    sets = encoder.sets
  }
}

enum Operation: UInt8 {
  /// A matcher: see `MatcherWords`.
  case pattern
  /// An index into the program's formats.
  case format
  /// Minimum and maximum in halves of a word.
  case length
  /// The least and the greatest integer, as bits of `Int64`, and an index into the program's ranges.
  case range
  /// A divisor as coefficient and exponent of ten (coefficient 0: too long for that), and an index into the program's numbers.
  case multiple
  /// First word, last word and length of the only text that will do.
  case text
  /// An index into the program's sets, then a table of texts.
  case values
  case object, array
  /// How many, then names.
  case required
  /// A name, then a table of texts: the member of that name says which target to apply to the object.
  case tagged
  /// A target for each kind, in the order of their bits.
  case choice
  /// One target.
  case call, not
  /// How many, then targets.
  case anyOf, oneOf
  /// Three targets.
  case conditional
  /// How many, then names: where the first is, the others must be.
  case dependentRequired
  /// A name, and a target.
  case dependentSchema
  /// Two targets: the rest of the subschema, recorded, and what applies to all that it did not look at.
  case unevaluated
}

/// The first word of an instruction.
struct Header {
  let bits: UInt64

  init(bits: UInt64) { self.bits = bits }

  init(_ operation: Operation, kinds: KindSet, isTracked: Bool, length: Int) {
    // A step for integers is one for numbers: that a number is one was tested before.
    let kinds = kinds.contains(.integer) ? kinds.union(.number) : kinds
    bits = UInt64(operation.rawValue) | UInt64(kinds.rawValue) << 8 | (isTracked ? 1 << 16 : 0) | UInt64(length) << 32
  }

  /// The raw value of an ``Operation``; as a plain number, because making the case costs a call.
  @inline(__always) var operation: UInt8 { UInt8(truncatingIfNeeded: bits) }
  @inline(__always) func speaks(ofKind bit: UInt8) -> Bool { UInt8(truncatingIfNeeded: bits >> 8) & bit != 0 }
  @inline(__always) var isTracked: Bool { bits & 1 << 16 != 0 }
  @inline(__always) var length: Int { Int(bits >> 32) }
}

/// The values of an `enum` that are no texts.
struct ValueIndex: Sendable {
  let document: Document
  let hasNull: Bool
  let hasTrue: Bool
  let hasFalse: Bool
  /// Numbers, arrays and objects.
  let others: [Node]
  /// Where in `others` to look, by hash, when there are many.
  let buckets: [Int: [Node]]

  private static let fewest = 8

  init(_ set: ValueSet) {
    document = set.document
    let document = set.document
    hasNull = set.values.contains { document.kind($0) == .null }
    hasTrue = set.values.contains { document.boolean($0) == true }
    hasFalse = set.values.contains { document.boolean($0) == false }
    others = set.values.filter { ![.null, .boolean, .string].contains(document.kind($0)) }
    guard others.count > Self.fewest else {
      buckets = [:]
      return
    }
    var bytes: [UInt8] = []
    buckets = Dictionary(grouping: others) { Structure.hash(document, $0, scratch: &bytes) }
  }
}
