package import Patterns
package import RegularExpressions

/// Many patterns matched in one pass: literals that matches must hold are looked for all at once, and PCRE2 is asked only at the places where they say
/// that a match could begin.
///
/// Finds exactly what PCRE2 finds pattern by pattern, which a permanent test holds it to: a place that is missed here is a filter
/// that was passed by. So nothing about a pattern is written by hand, and one whose literals are not worth it is simply run.
package struct PatternSet: Sendable {
  /// A pattern and how its matches are found.
  struct Entry: Sendable {
    /// Asked at one place, unless it can match nothing: then it is searched for.
    let pattern: Pattern
    let start: MatchStart
    let manner: Manner
  }

  enum Manner: Sendable {
    /// Tried where literals say.
    case triggered
    /// Tried wherever its first byte stands.
    case everywhere
    /// Left to PCRE2, because it can match nothing, and that at every place.
    case searched
  }

  /// What a literal says of its pattern: as in `Trigger`, between a match's start and the literal are at least so many bytes that are no white space, and at most so
  /// many with every run of white space counted as one.
  struct Probe: Sendable {
    let entry: UInt32
    let nearest: UInt32
    let furthest: UInt32
  }

  /// What is done when a literal is met: by number of the automaton's output.
  struct Hit: Sendable {
    let entry: UInt32
    let back: UInt32
    let start: MatchStart
    /// Whether it says several places, or is a literal of changing length; otherwise it says one place, so many bytes before the literal's end.
    let isWindow: Bool
  }

  let entries: [Entry]
  let probes: [Probe]
  let hits: [Hit]
  let literals: LiteralAutomaton
  /// By pattern.
  let gates: Gates
  private let all: PatternMask
  /// Numbers of the patterns that no literal announces.
  let always: [Int]

  package var count: Int { entries.count }

  /// How many patterns no literal announces; each costs a look at every byte.
  package var alwaysRunCount: Int { always.count }

  /// Compiles patterns; their numbers in findings are their places here. Throws what PCRE2 refuses, which the expressions' parser should have.
  package init(_ expressions: [RegularExpression]) throws(PatternError) {
    try self.init(bounded: expressions.map { ($0, .max) })
  }

  /// - Parameter expressions: each with the longest text, in bytes, that it may be tried on; in a longer one it is undecided where it may match.
  package init(bounded expressions: [(expression: RegularExpression, longestText: Int)]) throws(PatternError) {
    var entries: [Entry] = []
    var probes: [Probe] = []
    var literals: [(bytes: [UInt8], tag: UInt32)] = []
    var always: [Int] = []
    var gates = Gates()
    for (number, (expression, longestText)) in expressions.enumerated() {
      // A pattern that can match nothing matches everywhere, whatever literals it has.
      let isEmpty = expression.minimumWidth == 0
      let gate = isEmpty ? nil : Gate(expression)
      let triggers = isEmpty ? nil : expression.triggers()
      let pattern = try Pattern(
        expression.source, caseless: expression.caseInsensitive, mode: isEmpty ? .search : .here, longestText: longestText)
      entries.append(
        Entry(
          pattern: pattern, start: expression.matchStart,
          manner: isEmpty ? .searched : triggers == nil ? .everywhere : .triggered))
      gates.append(gate, start: expression.matchStart)
      guard let triggers else {
        always.append(number)
        continue
      }
      for trigger in triggers {
        let probe = Probe(entry: UInt32(number), nearest: UInt32(trigger.offset.lowerBound), furthest: UInt32(trigger.offset.upperBound))
        for literal in trigger.literals {
          literals.append((literal, UInt32(probes.count)))
        }
        probes.append(probe)
      }
    }
    self.entries = entries
    self.probes = probes
    self.literals = LiteralAutomaton(literals)
    hits = self.literals.outputs.map { output in
      let probe = probes[Int(output.tag)]
      return Hit(
        entry: probe.entry, back: output.length + probe.nearest, start: entries[Int(probe.entry)].start,
        isWindow: output.hasBlank || probe.nearest != probe.furthest)
    }
    self.gates = gates
    self.always = always
    all = PatternMask(entries.indices)
  }

  /// What one pattern found at one place.
  package struct Finding: Hashable, Sendable {
    /// The pattern's place in the list the set was made of.
    package let pattern: Int
    package let result: Result

    package init(pattern: Int, result: Result) {
      self.pattern = pattern
      self.result = result
    }

    package enum Result: Hashable, Sendable {
      /// Bytes of the text.
      case found(Range<Int>)
      /// The pattern was given up and may match anywhere from there on: the strictest action must follow.
      case undecided
    }
  }

  /// All matches of every pattern, each pattern's leftmost and without overlaps among themselves, appended in order of pattern and place.
  ///
  /// The text must be valid UTF-8, as for `Pattern.match`. Does not allocate once the scratch and the list have grown to their size.
  ///
  /// - Parameter wanted: the patterns to look for, all without it; the others cost next to nothing.
  package func matches(
    in text: Span<UInt8>, of wanted: PatternMask? = nil, scratch: inout ScanScratch, into findings: inout [Finding]
  ) {
    precondition(text.count < Int(UInt32.max), "documents are limited to far less")
    let wanted = wanted ?? all
    scratch.prepare(patterns: entries.count)
    for number in always where wanted.contains(number) { scratch.touch(number) }
    collect(text, wanted, &scratch)
    scratch.sortTouched()
    for index in 0..<scratch.touched.count {
      let number = scratch.touched[index]
      switch entries[number].manner {
      case .triggered: confirm(number, text, &scratch, &findings)
      case .everywhere: sweep(number, text, &scratch, &findings)
      case .searched: search(number, text, &scratch.match, &findings)
      }
    }
    scratch.clear()
  }

  /// Of a match of one of the patterns, what is to go: see `Pattern.secret`.
  package func secret(of match: Range<Int>, by pattern: Int, in text: Span<UInt8>, scratch: inout ScanScratch) -> Range<Int> {
    entries[pattern].pattern.secret(of: match, in: text, scratch: &scratch.match)
  }

  // MARK: Finding candidates

  private func collect(_ text: Span<UInt8>, _ wanted: PatternMask, _ scratch: inout ScanScratch) {
    guard !probes.isEmpty else { return }
    if LongForms.areIn(text) {
      scratch.longForms.rewrite(text)
      // The buffer is taken out for the time, so that candidates can be noted meanwhile.
      let rewritten = scratch.longForms.take()
      scan(rewritten.bytes.span, text, places: rewritten.places, wanted, &scratch)
      scratch.longForms.giveBack(rewritten)
    } else {
      scan(text, text, places: [], wanted, &scratch)
    }
  }

  /// Runs the literals over the searched bytes. `places`, unless empty, says for each of them where it stands in the text.
  private func scan(
    _ searched: Span<UInt8>, _ text: Span<UInt8>, places: [UInt32], _ wanted: PatternMask, _ scratch: inout ScanScratch
  ) {
    var reports = scratch.takeReports()
    literals.run(searched, into: &reports)
    for piece in reports.indices {
      for index in reports[piece].indices {
        let report = reports[piece][index]
        note(report.row, end: Int(report.end), searched, text, places: places, wanted, &scratch)
      }
    }
    scratch.giveBack(&reports)
  }

  /// Turns the literals that end at a place into candidates.
  private func note(
    _ row: UInt32, end: Int, _ searched: Span<UInt8>, _ text: Span<UInt8>, places: [UInt32], _ wanted: PatternMask,
    _ scratch: inout ScanScratch
  ) {
    // Within a run of white space the automaton stands still, and what it reports there has been reported at the first byte of the run.
    if end > 1, Self.isBlank(searched[end - 1]), Self.isBlank(searched[end - 2]) { return }
    for number in literals.outputs(of: row) {
      let hit = hits[number]
      let entry = Int(hit.entry)
      guard wanted.contains(entry) else { continue }
      guard !hit.isWindow, places.isEmpty else {
        noteWindow(number, end, searched, text, places, &scratch)
        continue
      }
      let place = end - Int(hit.back)
      guard place >= 0, Self.mayStart(hit.start, text, place) else { continue }
      if scratch.mayMatch(gates, entry, text, at: place) { scratch.add(entry: entry, place...place) }
    }
  }

  private func noteWindow(
    _ number: Int, _ end: Int, _ searched: Span<UInt8>, _ text: Span<UInt8>, _ places: [UInt32], _ scratch: inout ScanScratch
  ) {
    let output = literals.outputs[number]
    let probe = probes[Int(output.tag)]
    var last = end - Int(output.length)
    var first = last
    if output.hasBlank {
      last = Self.start(of: output, endingAt: end, searched)
      first = last
      if output.startsWithBlank {
        while first > 0, Self.isBlank(searched[first - 1]) { first -= 1 }
      }
    }
    for _ in 0..<probe.nearest {
      repeat { last -= 1 } while last >= 0 && Self.isBlank(searched[last])
      guard last >= 0 else { return }
    }
    for _ in 0..<probe.furthest where first > 0 {
      first -= 1
      guard Self.isBlank(searched[first]) else { continue }
      while first > 0, Self.isBlank(searched[first - 1]) { first -= 1 }
    }
    first = min(first, last)
    // Offsets count a long form as one byte, as the searched bytes do.
    if !places.isEmpty {
      first = Int(places[first])
      last = Int(places[last])
    }
    let entry = Int(probe.entry)
    if first == last {
      guard mayStart(entry, text, last), scratch.mayMatch(gates, entry, text, at: last) else { return }
    }
    scratch.add(entry: entry, first...last)
  }

  /// Where a literal with blanks begins, walking back over its runs of white space; the last byte of the run if it begins with one.
  private static func start(of output: LiteralAutomaton.Output, endingAt end: Int, _ searched: Span<UInt8>) -> Int {
    var index = end
    var left = output.length
    while left > 0 {
      index -= 1
      left -= 1
      guard left > 0, isBlank(searched[index]) else { continue }
      while index > 0, isBlank(searched[index - 1]) { index -= 1 }
    }
    return index
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  /// What can be seen of a place without asking PCRE2, which is dearer.
  private func mayStart(_ number: Int, _ text: Span<UInt8>, _ place: Int) -> Bool {
    place < text.count && Self.mayStart(entries[number].start, text, place)
  }

  private static func mayStart(_ start: MatchStart, _ text: Span<UInt8>, _ place: Int) -> Bool {
    // A match never begins inside a character, and PCRE2 must not be asked to.
    if isInsideCharacter(text, place) { return false }
    return switch start {
    case .anywhere: true
    case .wordBoundary: isWordBoundary(text, place)
    case .lineStart: place == 0 || text[place - 1] == 0x0A
    case .textStart: place == 0
    }
  }

  private static func isInsideCharacter(_ text: Span<UInt8>, _ place: Int) -> Bool {
    place < text.count && text[place] & 0xC0 == 0x80
  }

  /// Where PCRE2's `\b` holds: bytes of characters outside ASCII are no word characters.
  private static func isWordBoundary(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let before = place > 0 && isWord(text[place - 1])
    let after = place < text.count && isWord(text[place])
    return before != after
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    default: false
    }
  }

  // MARK: Confirming

  /// Tries one pattern at its candidates in order of place.
  private func confirm(_ number: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch, _ findings: inout [Finding]) {
    // Everything before it has been tried, or is part of a match.
    var cursor = 0
    var index = scratch.firstCandidate(of: number)
    while index >= 0 {
      let candidate = scratch.candidates[index]
      index = Int(candidate.next)
      // A single place has been through the gate already.
      let isOpen = candidate.first == candidate.last
      let places = max(cursor, Int(candidate.first))..<max(cursor, Int(candidate.last) + 1)
      guard let end = attempt(number, text, places, isOpen: isOpen, &scratch, &findings) else { return }
      cursor = end
    }
  }

  /// Tries one pattern at every place.
  private func sweep(_ number: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch, _ findings: inout [Finding]) {
    let end = entries[number].start == .textStart ? min(1, text.count) : text.count
    _ = attempt(number, text, 0..<end, isOpen: false, &scratch, &findings)
  }

  /// Tries one pattern at the places of a range; returns where to go on, nil when the pattern was given up.
  private func attempt(
    _ number: Int, _ text: Span<UInt8>, _ places: Range<Int>, isOpen: Bool, _ scratch: inout ScanScratch, _ findings: inout [Finding]
  ) -> Int? {
    var start = places.lowerBound
    while start < places.upperBound {
      if !isOpen {
        start = gates.firstPlace(number, text, in: start..<places.upperBound)
        if start == places.upperBound { break }
        guard mayStart(number, text, start), scratch.mayMatch(gates, number, text, at: start) else {
          start += 1
          continue
        }
      }
      switch entries[number].pattern.match(text, from: start, scratch: &scratch.match) {
      case .found(let range):
        findings.append(Finding(pattern: number, result: .found(range)))
        // Only a pattern that is searched for can match nothing, so this always goes on.
        start = range.upperBound
      case .none: start += 1
      case .undecided:
        findings.append(Finding(pattern: number, result: .undecided))
        return nil
      }
    }
    return max(start, places.upperBound)
  }

  /// Runs one pattern over the whole text.
  private func search(_ number: Int, _ text: Span<UInt8>, _ scratch: inout MatchScratch, _ findings: inout [Finding]) {
    let pattern = entries[number].pattern
    var start = 0
    while start <= text.count {
      let outcome = pattern.match(text, from: start, scratch: &scratch)
      switch outcome {
      case .found(let range):
        findings.append(Finding(pattern: number, result: .found(range)))
        start = range.upperBound
        if range.isEmpty {
          start += 1
          while Self.isInsideCharacter(text, start) { start += 1 }
        }
      case .none: return
      case .undecided:
        findings.append(Finding(pattern: number, result: .undecided))
        return
      }
    }
  }
}
