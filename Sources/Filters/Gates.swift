internal import RegularExpressions

/// The gates of all patterns of a set in tables of their own, and their run over a text.
struct Gates: Sendable {
  /// What a run has seen of a place where the text goes on in one state for long, so that the next does not go over it again. Without it a run of `{` costs a
  /// pattern that begins with `{{` its whole width at every place.
  struct Memory: Sendable {
    /// Number of the scan it is from; nought is none.
    var scan: UInt32 = 0
    var state: UInt8 = Gate.dead
    /// Between these places the state stays as it is.
    var from: UInt32 = 0
    var to: UInt32 = 0
    /// A match that comes of it ends here or behind; `never`: none does.
    var end: UInt32 = 0
    /// Whether the gate opens at `end`.
    var opens = false

    static let never = UInt32.max
  }

  private struct Header: Sendable {
    /// -1: the pattern has no gate.
    var rows: Int32 = -1
    var classes: UInt32 = 0
    var classCount: UInt32 = 0
    var width: UInt32 = 0
  }

  /// Bytes after which a pattern whose matches have no longest is left to PCRE2.
  private static let patience: UInt32 = 1024

  // Here once more, because what another module says cannot be read without a call.
  private static let start: UInt8 = 2
  private static let accepting: UInt8 = 1

  private var headers: [Header] = []
  private var tables: [UInt8] = []

  mutating func append(_ gate: Gate?) {
    var header = Header()
    if let gate {
      header.classes = UInt32(tables.count)
      tables += gate.classes
      header.rows = Int32(tables.count)
      tables += gate.next
      header.classCount = UInt32(gate.classCount)
      header.width = gate.width.map { UInt32(clamping: $0) } ?? .max
    }
    headers.append(header)
  }

  /// Whether a match of the pattern may begin at a place.
  func mayMatch(_ entry: Int, _ text: Span<UInt8>, at start: Int, scan: UInt32, memory: inout Memory) -> Bool {
    let header = headers[entry]
    guard header.rows >= 0 else { return true }
    let tables = tables.span
    let rows = Int(header.rows)
    let classes = Int(header.classes)
    let classCount = Int(header.classCount)
    let isBounded = header.width != .max
    let end = start + Int(isBounded ? header.width : Self.patience)
    var state = Self.start
    // Since when the state has been what it is.
    var since = start
    var index = start
    while index < text.count {
      let next = tables[rows + Int(state) * classCount + Int(tables[classes + Int(text[index])])]
      if next != state {
        if next <= Self.accepting {
          let opens = next == Self.accepting
          remember(
            Memory(scan: scan, state: state, end: opens ? UInt32(truncatingIfNeeded: index + 1) : Memory.never, opens: opens), since, index,
            &memory)
          return opens && (!isBounded || index < end)
        }
        if index >= end {
          remember(Memory(scan: scan, state: state, end: UInt32(truncatingIfNeeded: index + 1)), since, index, &memory)
          return !isBounded
        }
        state = next
        since = index + 1
        if memory.scan == scan, memory.state == state, memory.from <= since, since <= memory.to {
          if memory.end == Memory.never || isBounded && Int(memory.end) > end { return false }
          if memory.opens || !isBounded { return true }
        }
      }
      index += 1
    }
    remember(Memory(scan: scan, state: state, end: Memory.never), since, index, &memory)
    return false
  }

  /// Only stretches that are worth a look back.
  private func remember(_ new: Memory, _ from: Int, _ to: Int, _ memory: inout Memory) {
    guard to - from >= 2 else { return }
    memory = new
    memory.from = UInt32(truncatingIfNeeded: from)
    memory.to = UInt32(truncatingIfNeeded: to)
  }
}
