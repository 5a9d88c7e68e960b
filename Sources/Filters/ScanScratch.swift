internal import Patterns

/// What a scan writes to: made once by whoever scans, used for any set and text, one scan at a time.
package struct ScanScratch: ~Copyable {
  /// A place where a match might begin, and perhaps at later ones, in a list of the branch's candidates in order of place.
  private struct Candidate {
    var first: UInt32
    let last: UInt32
    var previous: Int32
    /// -1: none.
    var next: Int32
  }

  /// A branch's candidates, -1 while there are none, and the stretch of the text in which all its places have been tried.
  private struct List {
    var head: Int32 = -1
    var tail: Int32 = -1
    /// Number of the scan that `tried` is from.
    var scan: UInt32 = 0
    var triedFrom: UInt32 = 0
    var triedTo: UInt32 = 0
  }

  var match = MatchScratch()
  var longForms = LongForms()
  private var candidates: [Candidate] = []
  /// Patterns to be run in this scan, in order after `sortTouched`.
  private(set) var touched: [Int] = []
  /// By pattern; all false between scans, so that a scan costs nothing for patterns it does not meet.
  private var isTouched: [Bool] = []
  /// By branch; without candidates between scans.
  private var lists: [List] = []

  /// By branch: what its gate remembers of this scan, if its number is this scan's.
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

  mutating func prepare(entries: Int, branches: Int) {
    while isTouched.count < entries { isTouched.append(false) }
    scan &+= 1
    // Numbers come round after some thousand million scans; what is remembered must then not be taken for new.
    if lists.count < branches || scan == 0 {
      lists = [List](repeating: List(), count: max(lists.count, branches))
      memories = [Gates.Memory](repeating: Gates.Memory(), count: lists.count)
      scan = 1
    }
  }

  mutating func mayMatch(_ gates: Gates, _ branch: Int, _ text: Span<UInt8>, at place: Int, head: Gates.Head? = nil) -> Bool {
    gates.mayMatch(branch, text, at: place, head: head, scan: scan, memory: &memories[branch])
  }

  mutating func touch(_ entry: Int) {
    guard !isTouched[entry] else { return }
    isTouched[entry] = true
    touched.append(entry)
  }

  /// What is left of a range that a branch is about to be tried on, before and behind what it was tried on already. Literals of a branch come in order, so one stretch is remembered.
  mutating func untried(_ range: Range<Int>, of branch: Int) -> (before: Range<Int>, behind: Range<Int>) {
    var list = lists[branch]
    defer { lists[branch] = list }
    let tried = Int(list.triedFrom)..<Int(list.triedTo)
    if list.scan != scan || range.lowerBound > tried.upperBound || range.upperBound < tried.lowerBound {
      list.scan = scan
      list.triedFrom = UInt32(range.lowerBound)
      list.triedTo = UInt32(range.upperBound)
      return (range, range.upperBound..<range.upperBound)
    }
    let before = range.lowerBound..<max(range.lowerBound, tried.lowerBound)
    let behind = min(range.upperBound, tried.upperBound)..<range.upperBound
    list.triedFrom = UInt32(min(range.lowerBound, tried.lowerBound))
    list.triedTo = UInt32(max(range.upperBound, tried.upperBound))
    return (before, behind)
  }

  /// Candidates come nearly in order, so a new one goes to the end or a little before it.
  mutating func add(_ places: ClosedRange<Int>, branch: Int, entry: Int) {
    touch(entry)
    let (first, last) = (UInt32(places.lowerBound), UInt32(places.upperBound))
    var after = lists[branch].tail
    while after >= 0, candidates[Int(after)].first > first { after = candidates[Int(after)].previous }
    if after >= 0, candidates[Int(after)].last >= last { return }
    let next = after >= 0 ? candidates[Int(after)].next : lists[branch].head
    let new = Int32(candidates.count)
    candidates.append(Candidate(first: first, last: last, previous: after, next: next))
    if after >= 0 { candidates[Int(after)].next = new } else { lists[branch].head = new }
    if next >= 0 { candidates[Int(next)].previous = new } else { lists[branch].tail = new }
  }

  /// A branch's first candidate.
  func candidate(of branch: Int) -> ClosedRange<Int>? {
    let head = Int(lists[branch].head)
    return head < 0 ? nil : Int(candidates[head].first)...Int(candidates[head].last)
  }

  /// Lets a branch's first candidate begin later; nil: takes it off.
  mutating func shorten(to place: Int?, of branch: Int) {
    let head = Int(lists[branch].head)
    if let place { candidates[head].first = UInt32(place) } else { lists[branch].head = candidates[head].next }
  }

  /// Few patterns are met in a text, most of them in no order.
  mutating func sortTouched() { touched.sort() }

  mutating func clear(branch: Int) {
    lists[branch].head = -1
    lists[branch].tail = -1
  }

  mutating func clear() {
    for entry in touched { isTouched[entry] = false }
    touched.removeAll(keepingCapacity: true)
    candidates.removeAll(keepingCapacity: true)
  }
}
