internal import Patterns
internal import RegularExpressions

/// From literals to the places at which matches may begin.
extension PatternSet {
  /// Notes the candidates of all branches that literals announce.
  func collect(_ text: Span<UInt8>, _ wanted: PatternMask, _ scratch: inout ScanScratch) {
    guard !hits.isEmpty else { return }
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

  /// Notes the candidates of a branch that no literal announces.
  func sweep(_ branch: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch) {
    let end = branches[branch].start == .textStart ? min(1, text.count) : text.count
    tryPlaces(0..<end, of: branch, text, &scratch)
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
        if places.isEmpty {
          note(report.row, end: Int(report.end), text, wanted, &scratch)
        } else {
          noteRewritten(report.row, end: Int(report.end), searched, text, places: places, wanted, &scratch)
        }
      }
    }
    scratch.giveBack(&reports)
  }

  /// Turns the literals that end at a place into candidates.
  private func note(_ row: UInt32, end: Int, _ text: Span<UInt8>, _ wanted: PatternMask, _ scratch: inout ScanScratch) {
    var behind = end
    if end > 0, Self.isBlank(text[end - 1]) {
      // Within a run of white space the automaton stands still, and what it reports there has been reported at the first byte of the run.
      if end > 1, Self.isBlank(text[end - 2]) { return }
      while behind < text.count, Self.isBlank(text[behind]) { behind += 1 }
    }
    let state = literals.state(of: row)
    let next = kinds.bit(text, at: behind)
    guard goesOn[state] & next != 0 else { return }
    let afterNext = kinds.bit(text, at: behind + 1)
    for number in literals.outputs(ofState: state) {
      let glance = glances[number]
      let start = end - Int(glance.length)
      guard glance.behind & next != 0, glance.behindThat & afterNext != 0, glance.before & kinds.bit(text, at: start - 1) != 0,
        glance.beforeThat & kinds.bit(text, at: start - 2) != 0, end <= Int(glance.latestEnd), wanted.contains(Int(glance.entry))
      else { continue }
      let hit = hits[number]
      guard !hit.isWindow else {
        noteWindow(hit, places(of: literals.outputs[number], endingAt: end, text), text, &scratch)
        continue
      }
      let place = end - Int(hit.back)
      guard place >= 0, Self.mayStart(hit.start, text, place) else { continue }
      guard scratch.mayMatch(gates, hit.branch, text, at: place, head: hit.head) else { continue }
      scratch.add(place...place, branch: hit.branch, entry: Int(glance.entry))
    }
  }

  /// Goes back from a literal to where a match may begin, for as long as what it comes by may stand in one.
  ///
  /// - Parameter start: where the literal may begin.
  private func noteWindow(_ hit: Hit, _ start: ClosedRange<Int>, _ text: Span<UInt8>, _ scratch: inout ScanScratch) {
    let around = hit.neighbours
    guard around.before & kinds.bit(text, at: start.lowerBound - 1) != 0,
      around.beforeThat & kinds.bit(text, at: start.lowerBound - 2) != 0
    else { return }
    var first = Int.max
    var last = -1
    if hit.nearest == 0 {
      for place in start where around.first & kinds.bit(text, at: place) != 0 && Self.mayStart(hit.start, text, place) {
        first = min(first, place)
        last = place
      }
    }
    // Bytes that are no white space, and bytes with every run of white space counted as one.
    var (least, most): (UInt32, UInt32) = (0, 0)
    var wasBlank = false
    let bits = kinds.bits.span
    var place = start.lowerBound
    while place > 0 {
      place &-= 1
      let bit = bits[Int(text[place])]
      if bit & ByteKinds.blanks == 0 {
        least &+= 1
        most &+= 1
        wasBlank = false
      } else if !wasBlank {
        most &+= 1
        wasBlank = true
      }
      if most > hit.furthest { break }
      if around.first & bit != 0, least >= hit.nearest, Self.mayStart(hit.start, text, place) {
        first = place
        last = max(last, place)
      }
      if around.inner & bit == 0 { break }
    }
    if last >= 0 { tryPlaces(first..<last + 1, of: hit.branch, text, &scratch) }
  }

  /// The same in a text whose long forms were rewritten, which is so rare that every place of a window is tried.
  private func noteRewritten(
    _ row: UInt32, end: Int, _ searched: Span<UInt8>, _ text: Span<UInt8>, places: [UInt32], _ wanted: PatternMask,
    _ scratch: inout ScanScratch
  ) {
    if end > 1, Self.isBlank(searched[end - 1]), Self.isBlank(searched[end - 2]) { return }
    for number in literals.outputs(ofState: literals.state(of: row)) where wanted.contains(Int(glances[number].entry)) {
      let hit = hits[number]
      guard let window = window(hit, self.places(of: literals.outputs[number], endingAt: end, searched), searched) else { continue }
      // Offsets count a long form as one byte, as the searched bytes do.
      tryPlaces(Int(places[window.lowerBound])..<Int(places[window.upperBound - 1]) + 1, of: hit.branch, text, &scratch)
    }
  }

  /// Where a literal may begin that ends at a place: several places if it begins with white space.
  private func places(of output: LiteralAutomaton.Output, endingAt end: Int, _ searched: Span<UInt8>) -> ClosedRange<Int> {
    guard output.hasBlank else { return end - Int(output.length)...end - Int(output.length) }
    var index = end
    var left = output.length
    while left > 0 {
      index -= 1
      left -= 1
      guard left > 0, Self.isBlank(searched[index]) else { continue }
      while index > 0, Self.isBlank(searched[index - 1]) { index -= 1 }
    }
    var first = index
    if output.startsWithBlank {
      while first > 0, Self.isBlank(searched[first - 1]) { first -= 1 }
    }
    return first...index
  }

  /// Where a match may begin, given where its literal does; nil: nowhere.
  private func window(_ hit: Hit, _ start: ClosedRange<Int>, _ searched: Span<UInt8>) -> Range<Int>? {
    var last = start.upperBound
    for _ in 0..<hit.nearest {
      repeat { last -= 1 } while last >= 0 && Self.isBlank(searched[last])
      guard last >= 0 else { return nil }
    }
    var first = start.lowerBound
    for _ in 0..<hit.furthest where first > 0 {
      first -= 1
      guard Self.isBlank(searched[first]) else { continue }
      while first > 0, Self.isBlank(searched[first - 1]) { first -= 1 }
    }
    return min(first, last)..<last + 1
  }

  /// Notes the first place of a range at which the branch may match, and that it may at later ones, but for those that were noted before.
  private func tryPlaces(_ range: Range<Int>, of branch: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch) {
    let (before, behind) = scratch.untried(range, of: branch)
    if !before.isEmpty { open(before, of: branch, text, &scratch) }
    if !behind.isEmpty { open(behind, of: branch, text, &scratch) }
  }

  private func open(_ range: Range<Int>, of branch: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch) {
    guard let place = firstOpen(range, of: branch, text, &scratch) else { return }
    scratch.add(place...range.upperBound - 1, branch: branch, entry: branches[branch].entry)
  }

  /// The first place of a range at which the branch may match.
  func firstOpen(_ range: Range<Int>, of branch: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch) -> Int? {
    var place = gates.firstPlace(branch, text, in: range)
    while place < range.upperBound {
      if Self.mayStart(branches[branch].start, text, place), scratch.mayMatch(gates, branch, text, at: place) { return place }
      place = gates.firstPlace(branch, text, in: place + 1..<range.upperBound)
    }
    return nil
  }

  // MARK: Places

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  /// What can be seen of a place without asking PCRE2, which is dearer.
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

  static func isInsideCharacter(_ text: Span<UInt8>, _ place: Int) -> Bool {
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
}
