internal import Patterns

/// What a scan writes to: made once by whoever scans, used for any set and text, one scan at a time.
package struct ScanScratch: ~Copyable {
  /// Places where a match of a pattern might begin, in a list of the pattern's candidates in order of the first of them.
  struct Candidate {
    let first: UInt32
    let last: UInt32
    var previous: Int32
    /// -1: none.
    var next: Int32
  }

  /// The ends of a pattern's list; -1 while it is empty.
  private struct List {
    var head: Int32 = -1
    var tail: Int32 = -1
    var isTouched = false
  }

  var match = MatchScratch()
  var longForms = LongForms()
  private(set) var candidates: [Candidate] = []
  /// Patterns to be run in this scan, in order after `sortTouched`.
  private(set) var touched: [Int] = []
  /// By pattern; all empty between scans, so that a scan costs nothing for patterns it does not meet.
  private var lists: [List] = []

  /// By pattern: what its gate remembers of this scan, if its number is this scan's.
  private var memories: [Gates.Memory] = []
  private var scan: UInt32 = 0

  private var reports = TransitionTable.Reports(repeating: [])

  package init() {}

  /// Hands the lists out without a copy.
  mutating func takeReports() -> TransitionTable.Reports {
    var taken = TransitionTable.Reports(repeating: [])
    swap(&taken, &reports)
    return taken
  }

  mutating func giveBack(_ taken: inout TransitionTable.Reports) { swap(&taken, &reports) }

  mutating func prepare(patterns: Int) {
    while lists.count < patterns { lists.append(List()) }
    scan &+= 1
    // Numbers come round after some thousand million scans; what is remembered must then not be taken for new.
    if memories.count < patterns || scan == 0 {
      memories = [Gates.Memory](repeating: Gates.Memory(), count: lists.count)
      scan = 1
    }
  }

  mutating func mayMatch(_ gates: Gates, _ entry: Int, _ text: Span<UInt8>, at place: Int) -> Bool {
    gates.mayMatch(entry, text, at: place, scan: scan, memory: &memories[entry])
  }

  mutating func touch(_ entry: Int) {
    guard !lists[entry].isTouched else { return }
    lists[entry].isTouched = true
    touched.append(entry)
  }

  /// Candidates come nearly in order, so a new one goes to the end or a little before it.
  mutating func add(entry: Int, _ places: ClosedRange<Int>) {
    touch(entry)
    var after = lists[entry].tail
    while after >= 0, Int(candidates[Int(after)].first) > places.lowerBound { after = candidates[Int(after)].previous }
    if after >= 0, Int(candidates[Int(after)].first) == places.lowerBound, Int(candidates[Int(after)].last) >= places.upperBound { return }
    let next = after >= 0 ? candidates[Int(after)].next : lists[entry].head
    let new = Int32(candidates.count)
    candidates.append(Candidate(first: UInt32(places.lowerBound), last: UInt32(places.upperBound), previous: after, next: next))
    if after >= 0 { candidates[Int(after)].next = new } else { lists[entry].head = new }
    if next >= 0 { candidates[Int(next)].previous = new } else { lists[entry].tail = new }
  }

  func firstCandidate(of entry: Int) -> Int { Int(lists[entry].head) }

  /// Few patterns are met in a text, most of them in no order.
  mutating func sortTouched() { touched.sort() }

  mutating func clear() {
    for entry in touched { lists[entry] = List() }
    touched.removeAll(keepingCapacity: true)
    candidates.removeAll(keepingCapacity: true)
  }
}
