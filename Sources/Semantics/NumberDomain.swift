internal import JSON

/// A set of numbers as disjoint intervals, lowest first.
struct NumberDomain: Hashable {
  struct Interval: Hashable {
    /// Nil: without end.
    var lower: NumberShape.Bound?
    var upper: NumberShape.Bound?
  }

  private(set) var intervals: [Interval]
  /// Whether only whole numbers count.
  let isInteger: Bool

  static func all(isInteger: Bool = false) -> NumberDomain { NumberDomain(intervals: [Interval()], isInteger: isInteger) }

  init(intervals: [Interval], isInteger: Bool) {
    self.intervals = intervals
    self.isInteger = isInteger
  }

  init(points: [Number], isInteger: Bool = false) {
    let sorted = Set(points).sorted()
    self.init(intervals: sorted.map { .point($0) }, isInteger: isInteger)
  }

  init(_ shape: NumberShape) {
    if let allowed = shape.allowed {
      self.init(points: allowed, isInteger: shape.isInteger)
      formIntersection(NumberDomain(intervals: [Interval(lower: shape.minimum, upper: shape.maximum)], isInteger: false))
    } else {
      self.init(intervals: [Interval(lower: shape.minimum, upper: shape.maximum)], isInteger: shape.isInteger)
    }
  }

  /// The numbers that pass a test; nil for a test that is not of numbers.
  init?(passing test: Atom.Test) {
    func only(_ lower: NumberShape.Bound?, _ upper: NumberShape.Bound?) -> NumberDomain {
      NumberDomain(intervals: [Interval(lower: lower, upper: upper)], isInteger: false)
    }
    switch test {
    case .equals(.number(let number)): self.init(points: [number])
    case .isIn(let constants):
      let numbers = constants.compactMap { constant -> Number? in
        guard case .number(let number) = constant else { return nil }
        return number
      }
      guard numbers.count == constants.count else { return nil }
      self.init(points: numbers)
    case .less(let number): self = only(nil, .init(number, isIncluded: false))
    case .atMost(let number): self = only(nil, .init(number, isIncluded: true))
    case .greater(let number): self = only(.init(number, isIncluded: false), nil)
    case .atLeast(let number): self = only(.init(number, isIncluded: true), nil)
    case .between(let lower, let upper):
      self = only(lower.map { .init($0, isIncluded: true) }, upper.map { .init($0, isIncluded: true) })
    default: return nil
    }
  }

  var complement: NumberDomain {
    var gaps: [Interval] = []
    var lower: NumberShape.Bound?
    var isOpen = true
    for interval in intervals {
      if let start = interval.lower { gaps.append(Interval(lower: lower, upper: start.flipped)) }
      guard let end = interval.upper else {
        isOpen = false
        break
      }
      lower = end.flipped
    }
    if isOpen { gaps.append(Interval(lower: lower, upper: nil)) }
    return NumberDomain(intervals: gaps.filter { !$0.isHollow(isInteger: false) }, isInteger: false)
  }

  /// Both are walked once.
  mutating func formIntersection(_ other: NumberDomain) {
    var out: [Interval] = []
    var (i, j) = (0, 0)
    while i < intervals.count, j < other.intervals.count {
      let (a, b) = (intervals[i], other.intervals[j])
      let common = Interval(lower: higherLower(a.lower, b.lower), upper: lowerUpper(a.upper, b.upper))
      if !common.isHollow(isInteger: isInteger) { out.append(common) }
      if endsFirst(a.upper, b.upper) { i += 1 } else { j += 1 }
    }
    intervals = out
  }

  var isEmpty: Bool { intervals.allSatisfy { $0.isHollow(isInteger: isInteger) } }
}

extension NumberDomain.Interval {
  static func point(_ number: Number) -> Self { Self(lower: .init(number, isIncluded: true), upper: .init(number, isIncluded: true)) }

  /// Whether it contains no number, or no whole number. Whole numbers beyond `Int` are not looked for: such an interval counts as filled.
  fileprivate func isHollow(isInteger: Bool) -> Bool {
    guard let lower, let upper else { return false }
    if upper.value < lower.value { return true }
    if upper.value == lower.value { return !(lower.isIncluded && upper.isIncluded && (!isInteger || lower.value.isInteger)) }
    guard isInteger, let first = lower.value.floored, let last = upper.value.floored else { return false }
    let from = lower.value.isInteger && lower.isIncluded ? first : first + 1
    let to = upper.value.isInteger && !upper.isIncluded ? last - 1 : last
    return to < from
  }
}

extension Number {
  /// The largest whole number not above it; nil beyond what is worth looking at.
  fileprivate var floored: Int? {
    if let integer { return integer.magnitude < 1 << 60 ? integer : nil }
    guard let fixed, fixed.exponent < 0, fixed.exponent >= -18 else { return nil }
    let scale = (0..<(-fixed.exponent)).reduce(Int64(1)) { scale, _ in scale * 10 }
    let quotient = fixed.coefficient / scale
    return Int(fixed.coefficient < 0 && fixed.coefficient % scale != 0 ? quotient - 1 : quotient)
  }
}

extension NumberShape.Bound {
  /// The end of what lies on the other side.
  fileprivate var flipped: NumberShape.Bound { .init(value, isIncluded: !isIncluded) }
}

private func higherLower(_ a: NumberShape.Bound?, _ b: NumberShape.Bound?) -> NumberShape.Bound? {
  guard let a, let b else { return a ?? b }
  if a.value == b.value { return a.isIncluded ? b : a }
  return a.value < b.value ? b : a
}

private func lowerUpper(_ a: NumberShape.Bound?, _ b: NumberShape.Bound?) -> NumberShape.Bound? {
  guard let a, let b else { return a ?? b }
  if a.value == b.value { return a.isIncluded ? b : a }
  return a.value < b.value ? a : b
}

private func endsFirst(_ a: NumberShape.Bound?, _ b: NumberShape.Bound?) -> Bool {
  guard let a else { return false }
  guard let b else { return true }
  return a.value == b.value ? !a.isIncluded || b.isIncluded : a.value < b.value
}
