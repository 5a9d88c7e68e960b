internal import Bytecode
internal import Checksums

// Which patterns match where, and which of that counts.
extension Sanitiser {
  /// Adds what the selection's patterns find in the text of a leaf, as it is and as transforms show it.
  ///
  /// - Parameters:
  ///   - leaf: -1 for the text as a whole.
  ///   - place: where the leaf begins in that.
  ///   - checked: whether matches for which the pattern's checks do not hold are left out.
  func find(
    in text: Span<UInt8>, _ selection: Selection, leaf: Int32, place: Int, checked: Bool = true, _ scratch: inout SanitiserScratch
  ) {
    scan(text, by: 0, selection.active, leaf, checked, &scratch) { range in (range, place + range.lowerBound) }
    for (number, wanted) in selection.scanners {
      for view in scanners[number].normalisation.views(of: text) {
        scan(view.bytes.span, by: number, wanted, leaf, checked, &scratch) { range in
          let original = view.original(of: range)
          return (original, place + original.lowerBound)
        }
      }
    }
  }

  private func scan(
    _ searched: Span<UInt8>, by number: Int, _ wanted: PatternMask, _ leaf: Int32, _ checked: Bool,
    _ scratch: inout SanitiserScratch, _ original: (Range<Int>) -> (range: Range<Int>, place: Int)
  ) {
    scratch.found.removeAll(keepingCapacity: true)
    set.matches(in: searched, of: wanted, scratch: &scratch.scan, into: &scratch.found)
    for finding in scratch.found {
      let pattern = finding.pattern
      switch finding.result {
      case .undecided: scratch.undecided.append(.init(pattern: Int32(pattern), scanner: Int32(number), leaf: leaf))
      case .found(let range):
        guard !checked || (holds(pattern, searched.extracting(range)) && !ReservedTexts.hold(range, of: searched)) else { continue }
        // Only of the text as it came: what is found after a placeholder was put there goes whole, or it would never be done.
        let secret = scratch.isFirstLook ? set.secret(of: range, by: pattern, in: searched, scratch: &scratch.scan) : range
        let (range, place) = original(secret)
        scratch.matches.append(
          .init(
            pattern: Int32(pattern), scanner: Int32(number), leaf: leaf, lower: Int32(range.lowerBound), upper: Int32(range.upperBound),
            place: Int32(place)))
      }
    }
  }

  private func holds(_ pattern: Int, _ match: Span<UInt8>) -> Bool {
    guard pattern < patterns.count else { return true }
    for check in patterns[pattern].checks where !check.holds(match) { return false }
    return true
  }

  /// Goes through what was found use by use: findings, labels, edits, and what becomes of the text as a whole.
  func judge(_ selection: Selection, _ scratch: inout SanitiserScratch) {
    scratch.matches.sort { ($0.place, $0.upper, $0.pattern, $0.scanner) < ($1.place, $1.upper, $1.pattern, $1.scanner) }
    for use in selection.uses {
      scratch.scoring.begin()
      for (index, match) in scratch.matches.enumerated() where use.takes(match.pattern, from: match.scanner) { scratch.scoring.add(index) }
      if scratch.scoring.candidates.isEmpty { continue }
      if let score = use.score {
        scratch.scoring.run(score, first: use.patterns.lowerBound, scratch.matches)
      } else {
        scratch.scoring.countAll()
      }
      for index in scratch.scoring.candidates.indices where scratch.scoring.counts[index] {
        carryOut(use, scratch.matches[scratch.scoring.candidates[index]], &scratch)
      }
    }
    for given in scratch.undecided {
      for use in selection.uses where use.takes(given.pattern, from: given.scanner) { carryOutStrictest(use, given, &scratch) }
    }
  }

  private func carryOut(_ use: Use, _ match: SanitiserScratch.Match, _ scratch: inout SanitiserScratch) {
    let deed = use.deed(match.pattern)
    guard deed.isNamed else { return }
    let pattern = use.isImitation ? nil : Int(match.pattern)
    scratch.note(
      .init(
        kind: use.isImitation ? .imitation : .found, filter: use.filter, pattern: pattern, leaf: Int(match.leaf),
        range: Int(match.lower)..<Int(match.upper)))
    scratch.labels.formUnion(deed.labels)
    switch deed.strength {
    case .none, .strip: break
    case .wrap: scratch.verdict.wraps = true
    case .block: scratch.block(filter: use.filter, pattern: pattern)
    case .remove, .redact:
      guard match.lower < match.upper else { break }
      scratch.edits.append(.init(leaf: match.leaf, match.lower..<match.upper, deed.strength, placeholder: deed.placeholder))
    }
  }

  /// Of a pattern that was given up: it may match anywhere in the leaf.
  private func carryOutStrictest(_ use: Use, _ given: SanitiserScratch.Undecided, _ scratch: inout SanitiserScratch) {
    let deed = use.isImitation ? use.deeds[0] : strictest[use.filter]
    let pattern = use.isImitation ? nil : Int(given.pattern)
    let count = given.leaf < 0 ? scratch.leaves.reduce(0) { max($0, $1.source.upperBound) } : scratch.leaves[Int(given.leaf)].text.count
    scratch.local.append(.init(kind: .undecided, filter: use.filter, pattern: pattern, leaf: Int(given.leaf), range: 0..<count))
    scratch.labels.formUnion(deed.labels)
    switch deed.strength {
    case .none, .strip: break
    case .wrap: scratch.verdict.wraps = true
    case .block: scratch.block(filter: use.filter, pattern: pattern, isUndecided: true)
    case .remove, .redact:
      guard count > 0 else { break }
      scratch.edits.append(.init(leaf: given.leaf, 0..<Int32(count), deed.strength, placeholder: deed.placeholder))
    }
  }
}
