/// A deterministic automaton over bytes as one table, run over a text in four places at once.
///
/// A step waits for the one before it, so one place alone leaves the processor idle most of the time; four together do not. What an automaton knows at a place must
/// hang on the bytes right before it alone, as with one that looks for words of bounded length: then it can begin anywhere.
@safe package struct TransitionTable: Sendable {
  /// A row that reports, and the place behind the byte that led to it.
  package struct Report: Sendable {
    package let row: UInt32
    package let end: UInt32
  }

  /// Reports of the pieces of a text, in order within each and from piece to piece.
  package typealias Reports = InlineArray<4, [Report]>

  /// Texts below this are read in one piece.
  private static let worthParting = 256

  private let classes: [UInt8]
  private let rows: [UInt32]
  /// Row starts from here on report.
  package let firstReporting: UInt32
  private let memory: Int

  /// - Parameters:
  ///   - classes: By byte: its column.
  ///   - rows: By row start plus column: the start of the next row. The first row is the start.
  ///   - rowLength: Columns of a row.
  ///   - memory: How many bytes before a place decide on the row there; of a run of white space only the first counts.
  package init(classes: [UInt8], rows: [UInt32], rowLength: Int, firstReporting: UInt32, memory: Int) {
    // Whatever bytes are read, no look leaves the table: that is what makes the loops below safe.
    precondition(classes.count == 256 && rows.count >= rowLength)
    precondition(classes.allSatisfy { Int($0) < rowLength } && rows.allSatisfy { Int($0) <= rows.count - rowLength })
    self.classes = classes
    self.rows = rows
    self.firstReporting = firstReporting
    self.memory = memory
  }

  /// All reports over a text.
  package func run(_ text: Span<UInt8>, into reports: inout Reports) {
    for piece in reports.indices { reports[piece].removeAll(keepingCapacity: true) }
    guard text.count >= Self.worthParting else {
      read(text, 0..<text.count, row: 0, from: 0, into: &reports[0])
      return
    }
    var bounds = InlineArray<5, Int>(repeating: text.count)
    var starts = InlineArray<4, Int>(repeating: 0)
    var common = text.count
    for piece in starts.indices {
      bounds[piece] = text.count * piece / 4
      starts[piece] = warmStart(text, bounds[piece])
      common = min(common, text.count * (piece + 1) / 4 - starts[piece])
    }
    let rows = readTogether(text, starts, common, bounds, into: &reports)
    for piece in starts.indices {
      read(text, starts[piece] + common..<bounds[piece + 1], row: rows[piece], from: bounds[piece], into: &reports[piece])
    }
  }

  /// Where to begin so that at `bound` the row is what it would be had the text been read from its start.
  private func warmStart(_ text: Span<UInt8>, _ bound: Int) -> Int {
    var start = bound
    var left = memory
    while start > 0, left > 0 {
      start -= 1
      if start == 0 || !Self.isBlank(text[start]) || !Self.isBlank(text[start - 1]) { left -= 1 }
    }
    return start
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  /// Reads as many bytes from each of the starts and returns the rows it comes to. What is reported below a piece's bound is the piece's before it.
  ///
  /// Safe without checks: the texts have `count` bytes, and `init` has made sure of the table. Kept apart from everything else so that all it needs stays in
  /// registers: most of a scan's time is spent here.
  @inline(never)
  private func readTogether(
    _ text: Span<UInt8>, _ starts: InlineArray<4, Int>, _ count: Int, _ bounds: InlineArray<5, Int>, into reports: inout Reports
  ) -> InlineArray<4, UInt32> {
    let rows = rows.span
    let classes = classes.span
    let first = firstReporting
    let text0 = text.extracting(starts[0]..<starts[0] + count)
    let text1 = text.extracting(starts[1]..<starts[1] + count)
    let text2 = text.extracting(starts[2]..<starts[2] + count)
    let text3 = text.extracting(starts[3]..<starts[3] + count)
    var (row0, row1, row2, row3): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    var index = 0
    while index < count {
      row0 = unsafe rows[unchecked: Int(row0 &+ UInt32(classes[unchecked: Int(text0[unchecked: index])]))]
      row1 = unsafe rows[unchecked: Int(row1 &+ UInt32(classes[unchecked: Int(text1[unchecked: index])]))]
      row2 = unsafe rows[unchecked: Int(row2 &+ UInt32(classes[unchecked: Int(text2[unchecked: index])]))]
      row3 = unsafe rows[unchecked: Int(row3 &+ UInt32(classes[unchecked: Int(text3[unchecked: index])]))]
      index &+= 1
      guard max(max(row0, row1), max(row2, row3)) >= first else { continue }
      note(row0, starts[0] + index, bounds[0], &reports[0])
      note(row1, starts[1] + index, bounds[1], &reports[1])
      note(row2, starts[2] + index, bounds[2], &reports[2])
      note(row3, starts[3] + index, bounds[3], &reports[3])
    }
    return [row0, row1, row2, row3]
  }

  private func note(_ row: UInt32, _ end: Int, _ bound: Int, _ reports: inout [Report]) {
    guard row >= firstReporting, end > bound else { return }
    reports.append(Report(row: row, end: UInt32(truncatingIfNeeded: end)))
  }

  private func read(_ text: Span<UInt8>, _ range: Range<Int>, row: UInt32, from bound: Int, into reports: inout [Report]) {
    var row = row
    for index in range {
      row = rows[Int(row &+ UInt32(classes[Int(text[index])]))]
      note(row, index + 1, bound, &reports)
    }
  }
}
