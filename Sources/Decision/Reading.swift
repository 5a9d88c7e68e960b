internal import Bytecode
internal import JSON
internal import Patterns

/// What one decision reads of its program: spans, taken once, so that no reference is counted on the way. Slots are the target's own numbers,
/// which are also those of cells.
struct Reading: ~Escapable {
  let slots: Span<Slot>
  let derived: Span<UInt32>
  let fields: Span<Tables.NamedField>
  let names: Span<MemberName>
  let grants: Span<Tables.FlatGroup?>
  let members: Range<UInt32>
  /// Slots below are claims and clock.
  let shared: Int
  let code: Span<Instruction>
  let candidates: Span<Candidate>
  let buckets: Buckets.View
  let literals: Names.View
  let pool: Pool.View
  let numbers: Span<Number>
  let scaled: Span<Int64>
  let patterns: Span<Pattern>
  /// Milliseconds since 1970-01-01T00:00:00Z.
  let now: Int64
  /// Arguments are unknown.
  let isListing: Bool

  @_lifetime(borrow tables)
  init(_ tables: borrowing Tables, _ target: Tables.Target, now: Moment, isListing: Bool = false) {
    slots = tables.slots.span.extracting(target.slots)
    derived = tables.derived.span.extracting(target.derived)
    fields = tables.fields.span.extracting(target.fields)
    names = tables.names.span.extracting(target.fields)
    grants = tables.grants.span.extracting(target.grants)
    members = target.members
    shared = tables.sharedCount
    code = tables.code.span
    candidates = tables.candidates.span
    buckets = Buckets.View(tables.buckets)
    literals = Names.View(tables.literals)
    pool = Pool.View(tables.pool)
    numbers = tables.numbers.span
    scaled = tables.scaled.span
    patterns = tables.patterns.span
    self.now = now.milliseconds
    self.isListing = isListing
  }
}

/// What one decision writes to beside cells; its storage is used again.
struct Scratch: ~Copyable {
  var texts = Texts()
  /// Hosts, schemes and paths.
  var derived: [UInt8] = []
  var matching = MatchScratch()
  /// Outcomes of tests of values that are not there any more; inactive but for replays.
  var recalled = RecalledTests()
  /// What patterns of more than linear time may still cost in this decision: the squares of the bytes they are tried on. A pattern bounds
  /// the length of one text; a list has many.
  private var remainingSquares = Scratch.squares

  /// One text of 4 KiB, or many short ones: some ten milliseconds.
  static let squares = 4_096 * 4_096

  mutating func beginDecision() { remainingSquares = Scratch.squares }

  /// Whether a pattern may be tried on a text of so many bytes, and books what that costs.
  mutating func canAfford(_ pattern: borrowing Pattern, bytes: Int) -> Bool {
    // A longer text is undecided without being looked at.
    if pattern.longestText == .max || bytes > pattern.longestText { return true }
    remainingSquares -= bytes * bytes
    return remainingSquares >= 0
  }

  /// Apart from the rest, because they are read while the rest is written to.
  struct Texts {
    /// Texts of the arguments whose escapes were resolved.
    var decoded: [UInt8] = []
    /// The caller's, as long as the caller stays the same.
    var claims = BoundClaims()
  }
}

extension Scratch.Texts {
  /// The text of a cell that is not computed from another.
  @_lifetime(borrow self, copy document)
  borrowing func text(of cell: Cell, _ document: DocumentView) -> Span<UInt8> {
    switch cell.source {
    case .document: document.text(cell.range)
    case .decoded: decoded.span.extracting(cell.range)
    case .principal: claims.bytes.span.extracting(cell.range)
    case .derived: preconditionFailure("a text that is computed from another")
    }
  }
}

extension Scratch {
  @_lifetime(borrow self, copy document)
  borrowing func text(of cell: Cell, _ document: DocumentView) -> Span<UInt8> {
    cell.source == .derived ? derived.span.extracting(cell.range) : texts.text(of: cell, document)
  }
}
