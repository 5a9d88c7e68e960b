/// Which matches of a set count. Matches weak in themselves count where enough of them, of different families, stand close together.
struct Scoring {
  /// By candidate: whether it counts.
  private(set) var counts: [Bool] = []
  /// Indices of matches, in order of place.
  private(set) var candidates: [Int] = []
  /// By pattern of the set: how many of its matches are in the window.
  private var present: [Int] = []
  /// By family: the greatest weight in the window.
  private var best: [Int] = []
  private var sum = 0

  mutating func begin() { candidates.removeAll(keepingCapacity: true) }

  mutating func add(_ match: Int) { candidates.append(match) }

  /// Lets every candidate count.
  mutating func countAll() {
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(true, count: candidates.count))
  }

  /// Slides the window over the candidates; linear in their number but for the size of families.
  mutating func run(_ score: Score, first: Int, _ matches: [SanitiserScratch.Match]) {
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(false, count: candidates.count))
    present.removeAll(keepingCapacity: true)
    present.append(contentsOf: repeatElement(0, count: score.weights.count))
    best.removeAll(keepingCapacity: true)
    best.append(contentsOf: repeatElement(0, count: score.members.count))
    sum = 0
    var left = 0
    var counted = 0
    for right in candidates.indices {
      enter(Int(matches[candidates[right]].pattern) - first, score)
      let place = Int(matches[candidates[right]].place)
      while place - Int(matches[candidates[left]].place) >= score.window {
        leave(Int(matches[candidates[left]].pattern) - first, score)
        left += 1
      }
      guard sum >= score.threshold else { continue }
      for index in max(left, counted)...right { counts[index] = true }
      counted = right + 1
    }
  }

  private mutating func enter(_ pattern: Int, _ score: Score) {
    present[pattern] += 1
    let family = score.families[pattern]
    guard present[pattern] == 1, score.weights[pattern] > best[family] else { return }
    sum += score.weights[pattern] - best[family]
    best[family] = score.weights[pattern]
  }

  private mutating func leave(_ pattern: Int, _ score: Score) {
    present[pattern] -= 1
    let family = score.families[pattern]
    guard present[pattern] == 0, score.weights[pattern] == best[family] else { return }
    var greatest = 0
    for other in score.members[family] where present[other] > 0 { greatest = max(greatest, score.weights[other]) }
    sum += greatest - best[family]
    best[family] = greatest
  }
}
