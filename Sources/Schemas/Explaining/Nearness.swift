/// Finds the name that was probably meant.
enum Nearness {
  /// The candidate at the least distance, when that is at most a third of its length.
  static func nearest(to text: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(text.lowercased().unicodeScalars.prefix(longest + 1))
    guard wanted.count <= longest else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates.prefix(mostCandidates) {
      let scalars = Array(candidate.lowercased().unicodeScalars.prefix(longest + 1))
      let limit = max(1, max(scalars.count, wanted.count) / 3)
      guard scalars.count <= longest, abs(scalars.count - wanted.count) <= limit else { continue }
      let distance = distance(wanted, scalars)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Names beyond these are not worth a guess, and keep the work bounded.
  private static let longest = 64
  static let mostCandidates = 1_000

  /// Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var before: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
      var row = [i + 1]
      for j in right.indices {
        var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[right.count]
  }
}
