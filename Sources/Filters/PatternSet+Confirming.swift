internal import Patterns

/// From the places at which matches may begin to matches.
extension PatternSet {
  /// Asks PCRE2 at a pattern's candidates, those of all its branches in order of place.
  func confirm(_ number: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch, _ findings: inout [Finding]) {
    let entry = entries[number]
    // Everything before it has been tried, or is part of a match.
    var cursor = 0
    while let place = nextCandidate(of: entry.branches, from: cursor, text, &scratch) {
      switch entry.pattern.match(text, from: place, scratch: &scratch.match) {
      case .found(let range):
        findings.append(Finding(pattern: number, result: .found(range)))
        // Only a pattern that is searched for can match nothing, so this always goes on.
        cursor = range.upperBound
      case .none: cursor = place + 1
      case .undecided:
        findings.append(Finding(pattern: number, result: .undecided))
        return
      }
    }
  }

  /// The first candidate of some branches at a place or behind it.
  private func nextCandidate(of branches: Range<Int>, from place: Int, _ text: Span<UInt8>, _ scratch: inout ScanScratch) -> Int? {
    var first: Int?
    for branch in branches {
      while let candidate = scratch.candidate(of: branch), candidate.lowerBound < place {
        // A candidate stands for the later places of its range as well, which are looked at only now: most are within a match.
        let later = place..<max(place, candidate.upperBound + 1)
        scratch.shorten(to: later.isEmpty ? nil : firstOpen(later, of: branch, text, &scratch), of: branch)
      }
      if let candidate = scratch.candidate(of: branch) { first = min(first ?? .max, candidate.lowerBound) }
    }
    return first
  }

  /// Runs one pattern over the whole text.
  func search(_ number: Int, _ text: Span<UInt8>, _ scratch: inout MatchScratch, _ findings: inout [Finding]) {
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
