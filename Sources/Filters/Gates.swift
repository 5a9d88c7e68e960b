internal import RegularExpressions

/// The gates of all patterns of a set in tables of their own, and their run over a text.
struct Gates: Sendable {
  /// What runs have seen, so that the next does not go over it again. Without it a run of `{` costs a pattern that begins with `{{` its whole width at every place.
  ///
  /// An automaton that comes to a place in a state goes on from there as it did before.
  struct Memory: Sendable {
    /// Number of the scan it is from; nought is none.
    var scan: UInt32 = 0
    var stay = Stay()
    var crossing = Crossing()

    /// A stretch over which the state stays as it is.
    struct Stay: Sendable {
      var state: UInt8 = 0
      var from: UInt32 = 0
      var to: UInt32 = 0
      /// A match that comes of it ends here or behind; `never`: none does.
      var end: UInt32 = 0
      /// Whether the gate opens at `end`.
      var opens = false
    }

    /// The state at one of the places that all runs look at, and the state it led to at a later place, up to which the gate did not open but perhaps there.
    struct Crossing: Sendable {
      var place: UInt32 = 0
      var state: UInt8 = 0
      var stop: UInt32 = 0
      var stopState: UInt8 = 0
    }

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

  /// Bytes between the places that all runs look at: a run goes half of it on average, and one in so many goes on to its end.
  private static let spacing = 64

  // Here once more, because what another module says cannot be read without a call.
  private static let start: UInt8 = 2
  private static let accepting: UInt8 = 1
  private static let dead: UInt8 = 0

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
    if memory.scan != scan { memory = Memory(scan: scan) }
    let tables = tables.span
    let rows = Int(header.rows)
    let classes = Int(header.classes)
    let classCount = Int(header.classCount)
    let isBounded = header.width != .max
    let end = start + Int(isBounded ? header.width : Self.patience)
    let crossing = (start / Self.spacing + 1) * Self.spacing
    var state = Self.start
    // The state at the crossing; nought before it.
    var crossed = Self.dead
    // Since when the state has been what it is.
    var since = start
    var index = start
    while index < text.count {
      if index == crossing, crossed == Self.dead {
        crossed = state
        if memory.crossing.place == crossing, memory.crossing.state == state {
          index = Int(memory.crossing.stop)
          state = memory.crossing.stopState
          since = index
          if state <= Self.accepting { return state == Self.accepting && (!isBounded || index <= end) }
          if isBounded && index > end { return false }
          continue
        }
      }
      let next = tables[rows + Int(state) * classCount + Int(tables[classes + Int(text[index])])]
      guard next != state else {
        index += 1
        continue
      }
      if next <= Self.accepting {
        let opens = next == Self.accepting
        remember(since...index, state, end: opens ? UInt32(truncatingIfNeeded: index + 1) : Memory.never, opens: opens, &memory)
        remember(crossing, crossed, stop: index + 1, next, &memory)
        return opens && (!isBounded || index < end)
      }
      if index >= end {
        remember(since...index, state, end: UInt32(truncatingIfNeeded: index + 1), opens: false, &memory)
        remember(crossing, crossed, stop: index, state, &memory)
        return !isBounded
      }
      state = next
      index += 1
      since = index
      if memory.stay.state == state, memory.stay.from <= index, index <= memory.stay.to {
        if memory.stay.end == Memory.never || isBounded && Int(memory.stay.end) > end { return false }
        if memory.stay.opens || !isBounded { return true }
      }
    }
    remember(since...max(since, index), state, end: Memory.never, opens: false, &memory)
    remember(crossing, crossed, stop: index, state, &memory)
    return false
  }

  /// Only stretches that are worth a look back.
  private func remember(_ stretch: ClosedRange<Int>, _ state: UInt8, end: UInt32, opens: Bool, _ memory: inout Memory) {
    guard stretch.count > 2 else { return }
    memory.stay = Memory.Stay(
      state: state, from: UInt32(truncatingIfNeeded: stretch.lowerBound), to: UInt32(truncatingIfNeeded: stretch.upperBound), end: end,
      opens: opens)
  }

  private func remember(_ crossing: Int, _ state: UInt8, stop: Int, _ stopState: UInt8, _ memory: inout Memory) {
    guard state != Self.dead else { return }
    memory.crossing = Memory.Crossing(
      place: UInt32(truncatingIfNeeded: crossing), state: state, stop: UInt32(truncatingIfNeeded: stop), stopState: stopState)
  }
}
