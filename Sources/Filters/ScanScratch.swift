internal import Patterns

/// What a scan writes to: made once by whoever scans, used for any set and text, one scan at a time.
package struct ScanScratch: ~Copyable {
  /// Places where a match of a pattern might begin.
  struct Candidate {
    let entry: UInt32
    let earliest: UInt32
    let last: UInt32
  }

  var match = MatchScratch()
  var longForms = LongForms()
  /// In order of the text.
  private var candidates: [Candidate] = []
  /// The same in order of pattern, then place.
  private(set) var sorted: [Candidate] = []
  /// By pattern: how many candidates; then, one further, where they begin in `sorted`.
  private var counts: [Int] = []

  package init() {}

  mutating func reset(patterns: Int) {
    candidates.removeAll(keepingCapacity: true)
    if counts.count == patterns + 1 {
      for index in counts.indices { counts[index] = 0 }
    } else {
      counts = [Int](repeating: 0, count: patterns + 1)
    }
  }

  mutating func add(_ candidate: Candidate) {
    candidates.append(candidate)
    counts[Int(candidate.entry)] += 1
  }

  /// Counting sort by pattern, then insertion by place: within a pattern the order is nearly right already.
  mutating func sortCandidates() {
    var start = 0
    for index in counts.indices {
      let count = counts[index]
      counts[index] = start
      start += count
    }
    while sorted.count < candidates.count { sorted.append(Candidate(entry: 0, earliest: 0, last: 0)) }
    for candidate in candidates {
      let entry = Int(candidate.entry)
      sorted[counts[entry]] = candidate
      counts[entry] += 1
    }
    // Each count is now where the next pattern begins; moved up by one, they are where their own does.
    for index in stride(from: counts.count - 1, to: 0, by: -1) { counts[index] = counts[index - 1] }
    counts[0] = 0
    for entry in 0..<counts.count - 1 { sortPlaces(counts[entry]..<counts[entry + 1]) }
  }

  private mutating func sortPlaces(_ range: Range<Int>) {
    for index in range.dropFirst() {
      let candidate = sorted[index]
      var place = index
      while place > range.lowerBound, sorted[place - 1].earliest > candidate.earliest {
        sorted[place] = sorted[place - 1]
        place -= 1
      }
      if place != index { sorted[place] = candidate }
    }
  }

  /// Where the candidates of a pattern lie in `sorted`.
  func range(of entry: Int) -> Range<Int> { counts[entry]..<counts[entry + 1] }
}
