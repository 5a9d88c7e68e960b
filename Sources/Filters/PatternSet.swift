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
    let pattern: Pattern
    let startsAtWordBoundary: Bool
    /// Whether literals announce its matches; otherwise it is run on every text.
    let isTriggered: Bool
    /// Whether a literal tells a range of places, so that the pattern is compiled to be searched for in one.
    let isWindowed: Bool
    /// Bytes a match can start with.
    let firstBytes: ByteSet
  }

  /// What a literal says of its pattern: a match may begin that many bytes before the literal.
  struct Probe: Sendable {
    let entry: UInt32
    let nearest: UInt32
    let furthest: UInt32
  }

  /// What is done when a literal is met: by number of the automaton's output.
  struct Hit: Sendable {
    enum Kind: UInt8, Sendable {
      /// One place, so many bytes before the literal's end.
      case place
      /// As `place`, and only where a word begins or ends.
      case placeAtBoundary
      /// Several places, or a literal of changing length.
      case window
    }

    let entry: UInt32
    let back: UInt32
    let kind: Kind
  }

  let entries: [Entry]
  let probes: [Probe]
  let hits: [Hit]
  let literals: LiteralAutomaton
  /// By pattern.
  let gates: Gates
  /// Numbers of the patterns that are run on every text.
  let always: [Int]

  package var count: Int { entries.count }

  /// How many patterns have to be run on every text; each costs its own pass.
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
      let triggers = expression.firstBytes == nil ? nil : expression.triggers()
      // A literal that begins with a blank may begin anywhere in a run of white space.
      let isWindowed = triggers?.contains { $0.offset.count > 1 || $0.literals.contains { $0.first == FoldedBytes.blank } } ?? false
      let mode: Pattern.Mode = triggers == nil ? .search : isWindowed ? .window : .here
      let pattern = try Pattern(expression.source, caseless: expression.caseInsensitive, mode: mode, longestText: longestText)
      entries.append(
        Entry(
          pattern: pattern, startsAtWordBoundary: expression.startsAtWordBoundary, isTriggered: triggers != nil, isWindowed: isWindowed,
          firstBytes: expression.firstBytes ?? ByteSet()))
      gates.append(triggers == nil ? nil : Gate(expression))
      guard let triggers else {
        always.append(number)
        continue
      }
      for trigger in triggers {
        let probe = Probe(entry: UInt32(number), nearest: UInt32(trigger.offset.lowerBound), furthest: UInt32(trigger.offset.upperBound))
        for literal in trigger.literals.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
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
      let isWindow = output.hasBlank || probe.nearest != probe.furthest
      let atBoundary = entries[Int(probe.entry)].startsAtWordBoundary
      return Hit(entry: probe.entry, back: output.length + probe.nearest, kind: isWindow ? .window : atBoundary ? .placeAtBoundary : .place)
    }
    self.gates = gates
    self.always = always
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
  package func matches(in text: Span<UInt8>, scratch: inout ScanScratch, into findings: inout [Finding]) {
    precondition(text.count < Int(UInt32.max), "documents are limited to far less")
    scratch.prepare(patterns: entries.count)
    for number in always { scratch.touch(number) }
    collect(text, &scratch)
    scratch.sortTouched()
    for index in 0..<scratch.touched.count {
      let number = scratch.touched[index]
      if entries[number].isTriggered {
        confirm(number, text, &scratch, &findings)
      } else {
        search(number, text, &scratch.match, &findings)
      }
    }
    scratch.clear()
  }

  /// Of a match of one of the patterns, what is to go: see `Pattern.secret`.
  package func secret(of match: Range<Int>, by pattern: Int, in text: Span<UInt8>, scratch: inout ScanScratch) -> Range<Int> {
    entries[pattern].pattern.secret(of: match, in: text, scratch: &scratch.match)
  }

  // MARK: Finding candidates

  private func collect(_ text: Span<UInt8>, _ scratch: inout ScanScratch) {
    guard !probes.isEmpty else { return }
    if LongForms.areIn(text) {
      scratch.longForms.rewrite(text)
      // The buffer is taken out for the time, so that candidates can be noted meanwhile.
      let rewritten = scratch.longForms.take()
      scan(rewritten.bytes.span, text, places: rewritten.places, &scratch)
      scratch.longForms.giveBack(rewritten)
    } else {
      scan(text, text, places: [], &scratch)
    }
  }

  /// Runs the literals over the searched bytes. `places`, unless empty, says for each of them where it stands in the text.
  private func scan(_ searched: Span<UInt8>, _ text: Span<UInt8>, places: [UInt32], _ scratch: inout ScanScratch) {
    var reports = scratch.takeReports()
    literals.run(searched, into: &reports)
    for piece in reports.indices {
      for index in reports[piece].indices {
        let report = reports[piece][index]
        note(report.row, end: Int(report.end), searched, text, places: places, &scratch)
      }
    }
    scratch.giveBack(&reports)
  }

  /// Turns the literals that end at a place into candidates.
  private func note(_ row: UInt32, end: Int, _ searched: Span<UInt8>, _ text: Span<UInt8>, places: [UInt32], _ scratch: inout ScanScratch) {
    // Within a run of white space the automaton stands still, and what it reports there has been reported at the first byte of the run.
    if end > 1, Self.isBlank(searched[end - 1]), Self.isBlank(searched[end - 2]) { return }
    for number in literals.outputs(of: row) {
      let hit = hits[number]
      guard hit.kind != .window, places.isEmpty else {
        noteWindow(number, end, searched, text, places, &scratch)
        continue
      }
      let place = end - Int(hit.back)
      guard place >= 0, hit.kind == .place || Self.isWordBoundary(text, place) else { continue }
      let entry = Int(hit.entry)
      if scratch.mayMatch(gates, entry, text, at: place) { scratch.add(entry: entry, place...place) }
    }
  }

  private func noteWindow(
    _ number: Int, _ end: Int, _ searched: Span<UInt8>, _ text: Span<UInt8>, _ places: [UInt32], _ scratch: inout ScanScratch
  ) {
    let output = literals.outputs[number]
    let probe = probes[Int(output.tag)]
    var first = end - Int(output.length)
    var last = first
    if output.hasBlank {
      last = Self.start(of: output, endingAt: end, searched)
      first = last
      if output.startsWithBlank {
        while first > 0, Self.isBlank(searched[first - 1]) { first -= 1 }
      }
    }
    last -= Int(probe.nearest)
    guard last >= 0 else { return }
    first = max(0, first - Int(probe.furthest))
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

  /// What can be seen of a place without asking PCRE2, which is dearer. The bytes that a match can start with are never inside a character.
  private func mayStart(_ number: Int, _ text: Span<UInt8>, _ place: Int) -> Bool {
    guard place < text.count, entries[number].firstBytes.contains(text[place]) else { return false }
    return !entries[number].startsAtWordBoundary || Self.isWordBoundary(text, place)
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
    let pattern = entries[number].pattern
    let isWindowed = entries[number].isWindowed
    // Everything before it has been tried, or is part of a match.
    var cursor = 0
    var index = scratch.firstCandidate(of: number)
    while index >= 0 {
      let candidate = scratch.candidates[index]
      index = Int(candidate.next)
      let last = Int(candidate.last)
      var start = max(cursor, Int(candidate.first))
      while start <= last {
        // A single place has been through the gate already.
        while start <= last, !mayStart(number, text, start) || candidate.first < last && !scratch.mayMatch(gates, number, text, at: start) {
          start += 1
        }
        cursor = max(cursor, start)
        guard start <= last else { break }
        let outcome =
          isWindowed
          ? pattern.match(text, in: start...last, scratch: &scratch.match) : pattern.match(text, from: start, scratch: &scratch.match)
        switch outcome {
        case .found(let range):
          findings.append(Finding(pattern: number, result: .found(range)))
          // A triggered pattern never matches nothing, so this always goes on.
          start = range.upperBound
        case .none: start = last + 1
        case .undecided:
          findings.append(Finding(pattern: number, result: .undecided))
          return
        }
        cursor = start
      }
    }
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
