internal import Patterns

/// What a validation writes to. Made once by whoever validates, used for any schema, one validation at a time.
package struct ValidationScratch: ~Copyable {
  /// Where a bound was reached; the answer is then worthless.
  var isExhausted = false
  var steps = 0
  var frames = 0
  var matching = MatchScratch()
  /// A text whose escapes are resolved.
  var bytes: [UInt8] = []
  /// A stack of marks: for a value with something unevaluated further out, whether all of it was looked at, then one for each member or
  /// element.
  var marks: [Bool] = []
  /// Hashes of the elements of an array, and a table of where they are.
  var hashes: [Int] = []
  var places: [UInt32] = []

  package init() {}

  /// What the last validation cost, in steps.
  package var stepsTaken: Int { allowedSteps - steps }
  private var allowedSteps = 0

  mutating func begin(steps: Int) {
    isExhausted = false
    self.steps = steps
    allowedSteps = steps
    frames = 0
    marks.removeAll(keepingCapacity: true)
  }

  /// False, and the answer worthless, when there are no steps left.
  @inline(__always)
  mutating func spend(_ count: Int) -> Bool {
    // Begins above zero and every count is at most the bytes of a document, so no run is long enough to overflow.
    steps &-= count
    if steps >= 0 { return true }
    isExhausted = true
    return false
  }

  /// Enters a frame, which is a step; false, and the answer worthless, when there are no more of either.
  @inline(__always)
  mutating func push(_ mostFrames: Int) -> Bool {
    steps &-= 1
    frames &+= 1
    if steps >= 0, frames <= mostFrames { return true }
    isExhausted = true
    frames &-= 1
    return false
  }

  @inline(__always)
  mutating func pop() { frames &-= 1 }

  /// Marks for a value of so many parts; gives their place, to be given back with `release`.
  mutating func reserveMarks(_ count: Int) -> Int {
    let place = marks.count
    marks.append(contentsOf: repeatElement(false, count: count + 1))
    return place
  }

  mutating func release(marks place: Int) { marks.removeSubrange(place...) }

  /// Gives the marks at the top of the stack back and adds them to others of the same value.
  mutating func merge(marks place: Int, into outer: Int) {
    for offset in 0..<marks.count - place where marks[place + offset] { marks[outer + offset] = true }
    release(marks: place)
  }
}
