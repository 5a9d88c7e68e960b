/// Many small deterministic automata that are run from single places of a text, in tables that are read without bounds checks.
///
/// A state is where its row begins in its automaton's table. The first row is that of failure, the second that of success, the third the start.
@safe package struct PlaceAutomata: Sendable {
  /// Nothing can come of it any more.
  package static let dead: UInt16 = 0

  private struct Header: Sendable {
    let classes: Int
    let rows: Int
    /// Places in `rows`.
    let size: Int
    /// Columns of a row: the state of success, too.
    let rowLength: UInt16
    /// Whether it begins only where a word begins or ends.
    let startsAtBoundary: Bool
  }

  private var headers: [Header] = []
  /// By automaton and byte: the column.
  private var classes: [UInt8] = []
  /// By automaton and byte: `canStart` and `isWord`.
  private var signs: [UInt8] = []
  private var rows: [UInt16] = []

  private static let canStart: UInt8 = 1
  private static let isWord: UInt8 = 2

  package init() {}

  package var count: Int { headers.count }

  /// - Parameters:
  ///   - classes: By byte: its column.
  ///   - next: By state's number times columns plus column: the number of the next state.
  ///   - startsAtBoundary: whether `firstPlace` is to name only places where PCRE2's `\b` holds.
  package mutating func append(classes: [UInt8], next: [UInt8], columns: Int, startsAtBoundary: Bool) {
    let states = next.count / columns
    // Whatever is read, no look leaves the tables: that is what makes the loops below safe.
    precondition(classes.count == 256 && states >= 3 && next.count == states * columns && next.count <= Int(UInt16.max))
    precondition(classes.allSatisfy { Int($0) < columns } && next.allSatisfy { Int($0) < states })
    headers.append(
      Header(
        classes: self.classes.count, rows: rows.count, size: next.count, rowLength: UInt16(columns), startsAtBoundary: startsAtBoundary))
    self.classes += classes
    for byte in 0..<256 {
      var sign = next[2 * columns + Int(classes[byte])] == 0 ? 0 : Self.canStart
      switch UInt8(byte) {
      case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: sign |= Self.isWord
      // Inside a character nothing begins.
      case 0x80...0xBF: sign = 0
      default: break
      }
      signs.append(sign)
    }
    for state in next { rows.append(UInt16(state) * UInt16(columns)) }
  }

  package func start(of automaton: Int) -> UInt16 { headers[automaton].rowLength * 2 }

  package func success(of automaton: Int) -> UInt16 { headers[automaton].rowLength }

  /// The state that all of some bytes lead to from the start, one of each set after the other, but for those that fail; nil: there are several.
  package func state(of automaton: Int, behind sets: [[UInt8]]) -> UInt16? {
    let header = headers[automaton]
    var states: Set<UInt16> = [start(of: automaton)]
    for set in sets {
      var next: Set<UInt16> = []
      for state in states where state > header.rowLength {
        for byte in set { next.insert(rows[header.rows + Int(state) + Int(classes[header.classes + Int(byte)])]) }
      }
      if states.contains(header.rowLength) { next.insert(header.rowLength) }
      states = next.subtracting([Self.dead])
    }
    return states.count == 1 ? states.first : nil
  }

  /// Reads a range of a text, coming in a state, until the automaton fails or succeeds; the state it comes to.
  package func advance(_ automaton: Int, in state: UInt16, over text: Span<UInt8>, in range: Range<Int>) -> UInt16 {
    let header = headers[automaton]
    precondition(Int(state) + Int(header.rowLength) <= header.size)
    let rows = rows.span
    let classes = classes.span
    let text = text.extracting(range)
    var state = state
    var index = 0
    while index < text.count, state > header.rowLength {
      let column = unsafe classes[unchecked: header.classes &+ Int(text[unchecked: index])]
      state = unsafe rows[unchecked: header.rows &+ Int(state &+ UInt16(column))]
      index &+= 1
    }
    return state
  }

  /// Reads a range of a text for as long as the state stays what it is; the next state, and the place of the byte that led to it. At the end of the range the state
  /// is the same.
  package func stay(
    _ automaton: Int, in state: UInt16, over text: Span<UInt8>, in range: Range<Int>
  ) -> (next: UInt16, place: Int) {
    let header = headers[automaton]
    precondition(Int(state) + Int(header.rowLength) <= header.size)
    let rows = rows.span
    let classes = classes.span
    let text = text.extracting(range)
    var index = 0
    while index < text.count {
      let column = unsafe classes[unchecked: header.classes &+ Int(text[unchecked: index])]
      let next = unsafe rows[unchecked: header.rows &+ Int(state &+ UInt16(column))]
      if next != state { return (next, range.lowerBound &+ index) }
      index &+= 1
    }
    return (state, range.upperBound)
  }

  /// The first place of a range where the automaton does not fail at once; the range's end if there is none.
  package func firstPlace(_ automaton: Int, over text: Span<UInt8>, in range: Range<Int>) -> Int {
    let header = headers[automaton]
    guard !range.isEmpty else { return range.upperBound }
    let signs = signs.span
    let places = text.extracting(range)
    var before = range.lowerBound == 0 ? 0 : signs[header.classes + Int(text[range.lowerBound - 1])]
    let either: UInt8 = header.startsAtBoundary ? 0 : Self.isWord
    var index = 0
    while index < places.count {
      let sign = unsafe signs[unchecked: header.classes &+ Int(places[unchecked: index])]
      if sign & Self.canStart != 0, (sign ^ before | either) & Self.isWord != 0 { return range.lowerBound &+ index }
      before = sign
      index &+= 1
    }
    return range.upperBound
  }
}
