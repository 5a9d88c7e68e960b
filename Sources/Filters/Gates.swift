internal import Patterns
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
      var state: UInt16 = 0
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
      var state: UInt16 = 0
      var stop: UInt32 = 0
      var stopState: UInt16 = 0
    }

    static let never = UInt32.max
  }

  private struct Header: Sendable {
    /// -1: the pattern has no gate.
    var automaton: Int32 = -1
    var width: UInt32 = 0
  }

  /// Bytes after which a pattern whose matches have no longest is left to PCRE2.
  private static let patience: UInt32 = 1024

  /// Bytes between the places that all runs look at: half of it is read on average before anything is remembered, and most runs end there.
  private static let spacing = 32

  private var headers: [Header] = []
  private var automata = PlaceAutomata()

  mutating func append(_ gate: Gate?, start: MatchStart) {
    var header = Header()
    if let gate {
      header.automaton = Int32(automata.count)
      header.width = gate.width.map { UInt32(clamping: $0) } ?? .max
      automata.append(classes: gate.classes, next: gate.next, columns: gate.classCount, startsAtBoundary: start == .wordBoundary)
    }
    headers.append(header)
  }

  /// The first place of a range, or its end, where a match of the pattern could begin, going by one byte and the one before it.
  func firstPlace(_ entry: Int, _ text: Span<UInt8>, in range: Range<Int>) -> Int {
    let automaton = Int(headers[entry].automaton)
    return automaton < 0 ? range.lowerBound : automata.firstPlace(automaton, over: text, in: range)
  }

  /// What is known of a place before it is looked at.
  struct Head: Sendable {
    /// The state of the gate behind so many bytes.
    let state: UInt16
    let length: UInt16
  }

  /// What is known where a literal stands at a match's start; nil: nothing, because its spellings lead to different states.
  func head(_ entry: Int, of literal: [UInt8]) -> Head? {
    let automaton = Int(headers[entry].automaton)
    // Of a run of white space a literal says only that there is one.
    guard automaton >= 0, !literal.contains(FoldedBytes.blank) else { return nil }
    let spellings = literal.map { folded in (UInt8.min...UInt8.max).filter { FoldedBytes.table[Int($0)] == folded } }
    return automata.state(of: automaton, behind: spellings).map { Head(state: $0, length: UInt16(literal.count)) }
  }

  /// Whether a match of the pattern may begin at a place.
  func mayMatch(_ entry: Int, _ text: Span<UInt8>, at start: Int, head: Head? = nil, scan: UInt32, memory: inout Memory) -> Bool {
    let header = headers[entry]
    guard header.automaton >= 0 else { return true }
    let automaton = Int(header.automaton)
    let isBounded = header.width != .max
    let end = start + Int(isBounded ? header.width : Self.patience)
    let crossing = (start / Self.spacing + 2) * Self.spacing
    let near = min(crossing, end, text.count)
    let success = automata.success(of: automaton)
    let (first, begin) = head.map { ($0.state, start + Int($0.length)) } ?? (automata.start(of: automaton), start)
    // A head that is longer than the way to the crossing is of no use.
    let state =
      begin <= near
      ? automata.advance(automaton, in: first, over: text, in: begin..<near)
      : automata.advance(automaton, in: automata.start(of: automaton), over: text, in: start..<near)
    if state <= success { return state == success }
    if near == text.count { return false }
    if near == end { return !isBounded }
    if memory.scan != scan { memory = Memory(scan: scan) }
    return goesOn(automaton, text, from: crossing, state, end: end, isBounded: isBounded, &memory)
  }

  /// - Parameters:
  ///   - crossing: where all runs look whether another came by in the same state.
  ///   - end: where a match ends at the latest, or where a run without an end is given up.
  private func goesOn(
    _ automaton: Int, _ text: Span<UInt8>, from crossing: Int, _ first: UInt16, end: Int, isBounded: Bool, _ memory: inout Memory
  ) -> Bool {
    let success = automata.success(of: automaton)
    var state = first
    var index = crossing
    if memory.crossing.place == crossing, memory.crossing.state == state {
      index = Int(memory.crossing.stop)
      state = memory.crossing.stopState
      if state <= success { return state == success && (!isBounded || index <= end) }
      if isBounded && index > end { return false }
    }
    // Since when the state has been what it is.
    var since = index
    while index < text.count {
      let (next, place) = automata.stay(automaton, in: state, over: text, in: index..<text.count)
      index = place
      guard next != state else { break }
      if next <= success {
        let opens = next == success
        remember(since...index, state, end: opens ? UInt32(truncatingIfNeeded: index + 1) : Memory.never, opens: opens, &memory)
        remember(crossing, first, stop: index + 1, next, &memory)
        return opens && (!isBounded || index < end)
      }
      if index >= end {
        remember(since...index, state, end: UInt32(truncatingIfNeeded: index + 1), opens: false, &memory)
        remember(crossing, first, stop: index, state, &memory)
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
    remember(crossing, first, stop: index, state, &memory)
    return false
  }

  /// Only stretches that are worth a look back.
  private func remember(_ stretch: ClosedRange<Int>, _ state: UInt16, end: UInt32, opens: Bool, _ memory: inout Memory) {
    guard stretch.count > 2 else { return }
    memory.stay = Memory.Stay(
      state: state, from: UInt32(truncatingIfNeeded: stretch.lowerBound), to: UInt32(truncatingIfNeeded: stretch.upperBound), end: end,
      opens: opens)
  }

  private func remember(_ crossing: Int, _ state: UInt16, stop: Int, _ stopState: UInt16, _ memory: inout Memory) {
    memory.crossing = Memory.Crossing(
      place: UInt32(truncatingIfNeeded: crossing), state: state, stop: UInt32(truncatingIfNeeded: stop), stopState: stopState)
  }
}
