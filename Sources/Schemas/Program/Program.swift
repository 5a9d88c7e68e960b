internal import JSON
internal import Patterns

/// A compiled schema: one array of words, and the few things that are no numbers.
///
/// A procedure is a word that says where it ends, then instructions. An instruction is a header (operation, kinds of values it speaks of,
/// flags, length in words) and its operands. A target, wherever one is an operand, is what to apply to a value: the kinds that it admits,
/// and the procedure for the rest, 0 for none, with a shortcut past the loop over its instructions where it has only one.
final class Program: Sendable {
  let code: [UInt64]
  let root: Target
  let patterns: [Pattern]
  let formats: [Format]
  let ranges: [NumberRange]
  let numbers: [Number]
  let sets: [ValueIndex]
  /// `dependentRequired`: when the first is there, the others must be.
  let dependencies: [[MemberName]]
  let names: [MemberName]

  init(_ encoder: Encoder, root: Target) {
    code = encoder.code
    self.root = root
    patterns = encoder.patterns
    formats = encoder.formats
    ranges = encoder.ranges
    numbers = encoder.numbers
    sets = encoder.sets
    dependencies = encoder.dependencies
    names = encoder.names
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
  /// One target.
  case call, not
  /// How many, then targets.
  case anyOf, oneOf
  /// Three targets.
  case conditional
  /// An index into the program's dependencies.
  case dependentRequired
  /// An index into the program's names, and a target.
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

/// What to apply to a value.
struct Target {
  let bits: UInt64

  init(bits: UInt64) { self.bits = bits }

  init(kinds: KindSet, procedure: Int, shortcut: Shortcut = .none) {
    bits = UInt64(kinds.rawValue) | UInt64(shortcut.rawValue) << 8 | UInt64(procedure) << 16
  }

  /// What is known of a procedure without looking at it.
  enum Shortcut: UInt8 {
    case none
    /// One instruction that records nothing, for objects, and nothing else gets there.
    case object
    /// The same for arrays.
    case array
    /// One instruction, which looks at one value and not at what it holds.
    case leaf
  }

  static let everything = Target(kinds: .all, procedure: 0)

  @inline(__always) var kinds: UInt8 { UInt8(truncatingIfNeeded: bits) }
  @inline(__always) var shortcut: UInt8 { UInt8(truncatingIfNeeded: bits >> 8) }
  @inline(__always) var procedure: Int { Int(truncatingIfNeeded: bits >> 16) }
}

/// Where the operands of an object's instruction are, from its header on, and what they hold.
enum ObjectLayout {
  /// Least and greatest number of members, in halves.
  static let counts = 1
  /// How many properties are in the table, and how many are required.
  static let properties = 2
  static let table = 3
  static let rest = 4
  static let names = 5
  /// How many patterns, and flags.
  static let patterns = 6
  static let entries = 7

  static let hasRest: UInt64 = 1 << 32
  static let hasNames: UInt64 = 1 << 33
}

/// Where the operands of an array's instruction are.
enum ArrayLayout {
  static let counts = 1
  /// How many targets for the first elements, and flags.
  static let prefix = 2
  static let rest = 3
  static let contains = 4
  static let containsCounts = 5
  static let targets = 6

  static let hasRest: UInt64 = 1 << 32
  static let isUnique: UInt64 = 1 << 33
  static let hasContains: UInt64 = 1 << 34
  static let containsEvaluates: UInt64 = 1 << 35
}

/// A table of texts in the code. Its word has the logarithm of the number of places in the low half and a multiplier in the high half; then
/// come the entries, then the places, each the number of an entry plus one or 0.
enum TableLayout {
  /// Words of an entry: first and last word of the text, its length with flags above, a target, and where the words of a long text are.
  static let stride = 5
  static let length = 2
  static let target = 3
  static let long = 4

  static let isDeclared: UInt64 = 1 << 32
  static let isRequired: UInt64 = 1 << 33
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
