/// What to apply to a value. Bits 0 to 7: the kinds that it admits. 8 to 15: those for which its procedure has anything to say. 16 to 23: the
/// operation of that procedure where it has only one, which records nothing. 24 to 31: what a table says of the text that led here. 32 to
/// 63: the procedure.
struct Target {
  let bits: UInt64

  @inline(__always) init(bits: UInt64) { self.bits = bits }

  init(kinds: KindSet, entered: KindSet = [], procedure: Int = 0, only: Operation? = nil) {
    bits =
      UInt64(kinds.rawValue) | UInt64(entered.rawValue) << 8 | UInt64(only?.rawValue ?? Self.several) << 16 | UInt64(procedure) << 32
  }

  static let everything = Target(kinds: .all)

  /// Stands for no operation.
  static let several: UInt8 = .max

  static let isDeclared: UInt64 = 1 << 24
  static let isRequired: UInt64 = 1 << 25
  static let flags = isDeclared | isRequired

  @inline(__always) func admits(_ bit: UInt8) -> Bool { UInt8(truncatingIfNeeded: bits) & bit != 0 }
  @inline(__always) var admitsIntegers: Bool { bits & UInt64(KindSet.integer.rawValue) != 0 }
  @inline(__always) func enters(_ bit: UInt8) -> Bool { UInt8(truncatingIfNeeded: bits >> 8) & bit != 0 }
  /// Whether kinds are all that it asks for.
  @inline(__always) var isPlain: Bool { bits & 0xFF00 == 0 }
  /// The raw value of an ``Operation``, or `several`.
  @inline(__always) var only: UInt8 { UInt8(truncatingIfNeeded: bits >> 16) }
  @inline(__always) var isDeclared: Bool { bits & Self.isDeclared != 0 }
  /// 1 or 0.
  @inline(__always) var required: Int { Int(truncatingIfNeeded: bits >> 25 & 1) }
  @inline(__always) var procedure: Int { Int(truncatingIfNeeded: bits >> 32) }
}

/// Where the operands of an object's instruction are, from its header on.
enum ObjectLayout {
  /// Least and greatest number of members, in halves.
  static let counts = 1
  /// How many members are required, and how many patterns there are, in halves.
  static let required = 2
  static let flags = 3
  static let rest = 4
  static let names = 5
  /// A table, where there is one; then for every pattern its matcher and a target.
  static let table = 6

  static let hasTable: UInt64 = 1
  static let hasRest: UInt64 = 2
  static let hasNames: UInt64 = 4
  /// Neither patterns nor a schema for names: a member's entry in the table, or else the rest, is all that applies to it.
  static let isSimple: UInt64 = 8
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

/// A text in the code, in three words: its hash in the low half of the first, its length and one in the high half, so that no text is 0;
/// then its first eight bytes; then its last eight, or for a text of more than sixteen where the words behind the first one are.
enum TextLayout {
  static let words = 3
  static let first = 1
  static let last = 2

  @inline(__always)
  static func key(_ hash: UInt32, _ count: Int) -> UInt64 { UInt64(hash) | UInt64(truncatingIfNeeded: count &+ 1) << 32 }
}

/// A table of texts in the code. Its first word has a multiplier in the high half and in the low half by how much to shift a product with
/// it, which gives the slot to look at first. A slot is a text and a target, or 0; as many follow as two to the power of 32 less the shift.
enum TableLayout {
  static let slot = 4
  static let target = 3
}
