/// The candidate a person most likely meant, if one is close enough to be worth saying.
///
/// Close means at most a third of the longer word's length in optimal-string-alignment edits (insert, delete, replace, swap neighbours),
/// and fewer edits than letters. Ties go to the candidate that comes first.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  var best: (candidate: String, distance: Int)?
  let target = Array(word.lowercased().unicodeScalars)
  for candidate in candidates {
    let other = Array(candidate.lowercased().unicodeScalars)
    let allowed = min(max(1, max(target.count, other.count) / 3), max(target.count, other.count) - 1)
    guard abs(target.count - other.count) <= allowed else { continue }
    let distance = alignmentDistance(target, other)
    guard distance <= allowed, distance < best?.distance ?? .max else { continue }
    best = (candidate, distance)
  }
  return best?.candidate
}

private func alignmentDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in left.indices {
    var row = [i + 1]
    row.reserveCapacity(right.count + 1)
    for j in right.indices {
      var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
