/// How many bytes of UTF-8 something takes.
struct Width: Hashable {
  var minimum: Int
  /// Nil: without bound.
  var maximum: Int?

  static let none = Width(minimum: 0, maximum: 0)
}

extension ScalarSet {
  /// Of one of its characters; an empty set can never match, so any width is sound and this one keeps sums small.
  var width: Width {
    guard let first = ranges.first, let last = ranges.last else { return .none }
    return Width(minimum: Self.bytes(first.lowerBound), maximum: Self.bytes(last.upperBound))
  }

  /// As `width`, with the long forms of ASCII letters taken for the one byte they fold to.
  var foldedWidth: Width {
    if isDisjoint(with: Self.longForms) { return width }
    let rest = subtracting(Self.longForms)
    return rest.isEmpty ? Width(minimum: 1, maximum: 1) : Width(minimum: 1, maximum: rest.width.maximum)
  }

  private static let longForms = ScalarSet([0x17F...0x17F, 0x212A...0x212A])

  private static func bytes(_ value: UInt32) -> Int {
    switch value {
    case 0..<0x80: 1
    case 0x80..<0x800: 2
    case 0x800..<0x10000: 3
    default: 4
    }
  }
}

extension Expression {
  /// A bound on the bytes a match can have. Assertions are taken to hold, so the true range may be smaller.
  var width: Width {
    switch self {
    case .empty, .assertion: return .none
    case .literal, .characterClass, .any: return scalars.width
    case .sequence(let parts):
      return parts.reduce(into: .none) { total, part in
        let width = part.width
        total.minimum += width.minimum
        total.maximum = total.maximum.flatMap { total in width.maximum.map { total + $0 } }
      }
    case .choice(let parts):
      let widths = parts.map(\.width)
      let bounded = widths.compactMap(\.maximum)
      return Width(minimum: widths.map(\.minimum).min() ?? 0, maximum: bounded.count == widths.count ? bounded.max() : nil)
    case .group(let inner, _): return inner.width
    case .repetition(let inner, let quantifier):
      let width = inner.width
      let most: Int? =
        if width.maximum == 0 { 0 } else { width.maximum.flatMap { width in quantifier.maximum.map { width * $0 } } }
      return Width(minimum: width.minimum * quantifier.minimum, maximum: most)
    }
  }

  /// The characters a part that matches one character matches; empty for any other part.
  package var scalars: ScalarSet {
    switch self {
    case .literal(let scalar, let folds): folds ? ScalarSet(scalar).folded : ScalarSet(scalar)
    case .characterClass(let set): set.scalars
    case .any(let lineFeed): lineFeed ? .all : ScalarSet("\n").inverted
    default: .empty
    }
  }

  /// Characters and places once counted repetitions are written out.
  var expandedSize: Int {
    switch self {
    case .empty: return 0
    case .literal, .characterClass, .any, .assertion: return 1
    case .sequence(let parts), .choice(let parts):
      return parts.reduce(0) { Self.bounded($0 + $1.expandedSize) }
    case .group(let inner, _): return inner.expandedSize
    case .repetition(let inner, let quantifier):
      return Self.bounded(max(1, inner.expandedSize) * max(1, quantifier.maximum ?? quantifier.minimum + 1))
    }
  }

  /// Keeps products from overflowing; anything above the limit is as good as the next number.
  private static func bounded(_ size: Int) -> Int { min(size, ExpressionLimits.expanded + 1) }
}
