package import JSON
package import Text

extension CheckedPolicies {
  /// What all `refine`s of all files make of one tool's input: a call must meet every one of them.
  package struct Refinement: Sendable {
    package let tool: ToolReference
    /// By path; none is without an effect of its own.
    package let fields: [RefinedField]
    /// Whether fields that the tool's schema does not declare are refused.
    package let forbidsOthers: Bool
  }

  package struct RefinedField: Sendable {
    package let path: ArgumentPath
    /// Whether the tool's own schema allows `null` for it, which counts as absent.
    package let isNullable: Bool
    package let isAbsent: Bool
    /// Whether a length counts elements.
    package let isList: Bool
    /// Distinct, in order of their text.
    package let constraints: [Constraint]
    /// Filled in where a call leaves the field out; never on one that the tool's own schema requires.
    package let defaultValue: Constant?
    /// Where it is refined first.
    package let range: SourceRange
  }
}

/// What a `refine` asks of a value.
package enum Constraint: Hashable, Sendable {
  /// Both ends included; at least one is there.
  case between(Number?, Number?)
  /// A multiple of this, which is more than 0.
  case step(Number)
  case oneOf([Constant])
  /// The whole value.
  case matches(TextPattern, script: String?)
  /// Unicode scalars of a text, elements of an array.
  case length(Int?, Int?)
  /// None of U+0000…U+001F and U+007F…U+009F.
  case withoutControlCharacters
  case url(schemes: [String], hosts: [HostPattern]?, ports: [Int])
  /// Folders as `Atom.Test.under` has them, globs as written.
  case path(under: [String], except: [String])
}

extension ValueShape {
  /// What is left of the values; nil when it is certain that nothing is. Equal to the whole when the constraint changes nothing that a shape
  /// can tell.
  func narrowed(by constraint: Constraint) -> ValueShape? {
    switch (self, constraint) {
    case (.number(let number), .between(let lower, let upper)): return number.narrowed(lower, upper).map(ValueShape.number)
    case (.number(let number), .oneOf(let constants)):
      let values = constants.compactMap(\.number)
      let allowed = number.allowed?.filter(values.contains) ?? values.filter { number.narrowed($0, $0) != nil }
      if allowed.isEmpty { return nil }
      return .number(
        NumberShape(isInteger: number.isInteger, allowed: allowed, minimum: number.minimum, maximum: number.maximum, step: number.step))
    case (.number(let number), .step(let step)):
      guard let allowed = number.allowed else { return self }
      return number.keeping(allowed.filter { $0.isMultiple(of: step) }).map(ValueShape.number)
    case (.text(let text), .oneOf(let constants)):
      let values = constants.compactMap(\.textValue)
      let kept = text.allowed?.filter { one in values.contains { $0.utf8.elementsEqual(one.utf8) } } ?? values.filter(text.hasGoodLength)
      return text.keeping(kept).map(ValueShape.text)
    case (.text(let text), .length(let lower, let upper)):
      let narrowed = TextShape(
        allowed: text.allowed, minimumLength: max(text.minimumLength, lower ?? 0), maximumLength: least(text.maximumLength, upper))
      guard let allowed = text.allowed else { return narrowed.minimumLength <= narrowed.maximumLength ?? .max ? .text(narrowed) : nil }
      return text.keeping(allowed.filter(narrowed.hasGoodLength)).map(ValueShape.text)
    case (.text(let text), .matches), (.text(let text), .withoutControlCharacters):
      guard let allowed = text.allowed else { return self }
      return text.keeping(allowed.filter { constraint.accepts(.text($0)) != false }).map(ValueShape.text)
    case (.boolean(let only), .oneOf(let constants)):
      let left = [true, false].filter { value in only != !value && constants.contains(.boolean(value)) }
      return left.isEmpty ? nil : .boolean(left.count == 1 ? left[0] : nil)
    case (.array(let array), .length(let lower, let upper)):
      let minimum = max(array.minimumCount, lower ?? 0)
      let maximum = least(array.maximumCount, upper)
      if minimum > maximum ?? .max { return nil }
      return .array(
        ArrayShape(
          element: array.element, isElementNullable: array.isElementNullable, minimumCount: minimum, maximumCount: maximum))
    default: return self
    }
  }
}

private func least(_ left: Int?, _ right: Int?) -> Int? {
  guard let left, let right else { return left ?? right }
  return min(left, right)
}

extension NumberShape {
  fileprivate func narrowed(_ lower: Number?, _ upper: Number?) -> NumberShape? {
    if let allowed { return keeping(allowed.filter { lower ?? $0 <= $0 && $0 <= upper ?? $0 }) }
    var (minimum, maximum) = (minimum, maximum)
    if let lower, minimum.map({ $0.value < lower }) ?? true { minimum = .init(lower, isIncluded: true) }
    if let upper, maximum.map({ upper < $0.value }) ?? true { maximum = .init(upper, isIncluded: true) }
    let narrowed = NumberShape(isInteger: isInteger, minimum: minimum, maximum: maximum, step: step)
    return NumberDomain(narrowed).isEmpty ? nil : narrowed
  }

  fileprivate func keeping(_ kept: [Number]) -> NumberShape? {
    let shape = NumberShape(isInteger: isInteger, allowed: kept, minimum: minimum, maximum: maximum, step: step)
    return NumberDomain(shape).isEmpty ? nil : shape
  }

  /// Whether a number between the ends is a multiple of all of these, and of the shape's own step.
  fileprivate func holdsMultiple(of steps: [Number]) -> Bool {
    guard allowed == nil, let minimum, let maximum else { return true }
    let steps = steps + [step].compactMap(\.self) + (isInteger ? [1] : [])
    // As whole numbers, all by one power of ten; what is too long for that is not looked for.
    let parts = (steps + [minimum.value, maximum.value]).compactMap(\.fixed)
    guard parts.count == steps.count + 2, let least = parts.map(\.exponent).min() else { return true }
    var wholes = parts.compactMap { scaled($0, to: least) }
    guard wholes.count == parts.count, let high = wholes.popLast(), let low = wholes.popLast(), let first = wholes.first else {
      return true
    }
    var common = first
    for step in wholes.dropFirst() {
      let (product, overflow) = (common / greatestCommonDivisor(common, step)).multipliedReportingOverflow(by: step)
      if overflow { return true }
      common = product
    }
    let below = low % common
    // The first multiple from the lower end on.
    var (multiple, overflow) = low.addingReportingOverflow(below == 0 ? 0 : below > 0 ? common - below : -below)
    if multiple == low, !minimum.isIncluded { (multiple, overflow) = low.addingReportingOverflow(common) }
    return !overflow && (multiple < high || multiple == high && maximum.isIncluded)
  }
}

/// The number as a multiple of a power of ten that is no higher than its own.
private func scaled(_ number: Number.Fixed, to exponent: Int32) -> Int64? {
  guard number.exponent - exponent <= 18 else { return nil }
  let factor = (0..<(number.exponent - exponent)).reduce(Int64(1)) { factor, _ in factor * 10 }
  let (product, overflow) = number.coefficient.multipliedReportingOverflow(by: factor)
  return overflow ? nil : product
}

private func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
  right == 0 ? left : greatestCommonDivisor(right, left % right)
}

extension ValueShape {
  /// Whether a number between the ends is a multiple of all of these; true for what is no number.
  func holdsMultiple(of steps: [Number]) -> Bool { if case .number(let number) = self { number.holdsMultiple(of: steps) } else { true } }
}

extension Constraint {
  var step: Number? { if case .step(let step) = self { step } else { nil } }
}

extension TextShape {
  fileprivate func hasGoodLength(_ text: String) -> Bool {
    let length = text.unicodeScalars.count
    return length >= minimumLength && length <= maximumLength ?? .max
  }

  fileprivate func keeping(_ kept: [String]) -> TextShape? {
    kept.isEmpty ? nil : TextShape(allowed: kept, minimumLength: minimumLength, maximumLength: maximumLength)
  }
}

extension Constant {
  var number: Number? { if case .number(let number) = self { number } else { nil } }
  var textValue: String? { if case .text(let text) = self { text } else { nil } }
}

extension ObjectShape {
  /// With one property, however deep, made anew or taken out.
  func replacing(_ path: ArraySlice<ArgumentPath.Step>, _ body: (Property) -> Property?) -> ObjectShape {
    guard case .member(let name)? = path.first else { return self }
    return ObjectShape(
      properties: properties.compactMap { property in
        guard property.name.utf8.elementsEqual(name.utf8) else { return property }
        if path.count == 1 { return body(property) }
        guard case .object(let inner) = property.shape else { return property }
        return Property(
          name: property.name, shape: .object(inner.replacing(path.dropFirst(), body)), isRequired: property.isRequired,
          isNullable: property.isNullable)
      })
  }

  func property(at path: ArraySlice<ArgumentPath.Step>) -> Property? {
    guard case .member(let name)? = path.first, let property = self[name] else { return nil }
    if path.count == 1 { return property }
    guard case .object(let inner) = property.shape else { return nil }
    return inner.property(at: path.dropFirst())
  }
}
