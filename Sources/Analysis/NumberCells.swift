internal import JSON
internal import Semantics

/// Numbers that stand for all: every constant, and one of each gap between neighbours. Which of them a schema takes is asked later.
///
/// - Parameter constants: all numbers that tests and schemas name.
func representatives(of shapes: [NumberShape], constants: Set<Number>) throws(TooLarge) -> [Number] {
  if shapes.allSatisfy({ $0.allowed != nil }) { return Set(shapes.flatMap { $0.allowed ?? [] }).sorted() }
  let sorted = constants.sorted()
  var found = sorted
  let units = Set(shapes.map { ($0.isInteger ? [1] : []) + [$0.step].compactMap(\.self) })
  for unit in units {
    for index in 0...sorted.count {
      let lower = index > 0 ? sorted[index - 1] : nil
      let upper = index < sorted.count ? sorted[index] : nil
      if let number = try number(above: lower, below: upper, multipleOf: unit) { found.append(number) }
    }
  }
  return Set(found).sorted()
}

/// A number between two others that a person would choose; nil when there is none.
///
/// - Parameter steps: it is a multiple of all of these; none: any number will do.
private func number(above lower: Number?, below upper: Number?, multipleOf steps: [Number]) throws(TooLarge) -> Number? {
  if !steps.isEmpty { return try multiple(of: steps, above: lower, below: upper) }
  switch (lower, upper) {
  case (nil, nil): return 1
  case (nil, let upper?): return try sum(upper, -1)
  case (let lower?, nil): return try sum(lower, 1)
  case (let lower?, let upper?):
    guard lower < upper else { return nil }
    for exponent in 0...Int32(9) {
      let next = try sum(lower, Number(Number.Fixed(coefficient: 1, exponent: -exponent)))
      if next < upper { return next }
    }
    guard let double = try sum(lower, upper).fixed else { throw TooLarge() }
    let (half, overflow) = double.coefficient.multipliedReportingOverflow(by: 5)
    if overflow { throw TooLarge() }
    return Number(Number.Fixed(coefficient: half, exponent: double.exponent - 1))
  }
}

private func multiple(of steps: [Number], above lower: Number?, below upper: Number?) throws(TooLarge) -> Number? {
  let all = steps + [lower, upper].compactMap(\.self)
  let fixed = all.compactMap(\.fixed)
  guard fixed.count == all.count, let least = fixed.map(\.exponent).min() else { throw TooLarge() }
  var common: Int64 = 1
  for step in steps {
    let whole = try scaled(step, least)
    let (product, overflow) = (common / greatestCommonDivisor(common, whole)).multipliedReportingOverflow(by: whole)
    if overflow { throw TooLarge() }
    common = product
  }
  func made(_ count: Int64) throws(TooLarge) -> Int64 {
    let (product, overflow) = count.multipliedReportingOverflow(by: common)
    if overflow { throw TooLarge() }
    return product
  }
  let whole: Int64
  if let lower {
    let low = try scaled(lower, least)
    whole = try made((low >= 0 ? low / common : -((common - 1 - low) / common)) + 1)
  } else if let upper {
    let high = try scaled(upper, least)
    whole = try made((high > 0 ? (high + common - 1) / common : -(-high / common)) - 1)
  } else {
    whole = common
  }
  if let upper, whole >= (try scaled(upper, least)) { return nil }
  return Number(Number.Fixed(coefficient: whole, exponent: least))
}

private func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
  right == 0 ? left : greatestCommonDivisor(right, left % right)
}

/// As a multiple of a power of ten that is no higher than its own.
private func scaled(_ number: Number, _ exponent: Int32) throws(TooLarge) -> Int64 {
  guard let fixed = number.fixed, fixed.exponent - exponent <= 18 else { throw TooLarge() }
  let factor = (0..<(fixed.exponent - exponent)).reduce(Int64(1)) { factor, _ in factor * 10 }
  let (product, overflow) = fixed.coefficient.multipliedReportingOverflow(by: factor)
  if overflow { throw TooLarge() }
  return product
}

func sum(_ left: Number, _ right: Number) throws(TooLarge) -> Number {
  guard let a = left.fixed, let b = right.fixed else { throw TooLarge() }
  let exponent = min(a.exponent, b.exponent)
  let (sum, overflow) = try scaled(left, exponent).addingReportingOverflow(try scaled(right, exponent))
  if overflow { throw TooLarge() }
  return Number(Number.Fixed(coefficient: sum, exponent: exponent))
}

extension Atom.Test {
  /// The numbers it names.
  var numbers: [Number] {
    switch self {
    case .less(let number), .atMost(let number), .greater(let number), .atLeast(let number): [number]
    case .between(let lower, let upper): [lower, upper].compactMap(\.self)
    case .equals(.number(let number)): [number]
    case .isIn(let constants): constants.compactMap { if case .number(let number) = $0 { number } else { nil } }
    default: []
    }
  }
}
