/// A set of Unicode scalar values as sorted ranges that neither meet nor overlap. Surrogates are never members.
package struct ScalarSet: Hashable, Sendable {
  package private(set) var ranges: [ClosedRange<UInt32>]

  package static let empty = ScalarSet([])
  package static let all = ScalarSet([0...0x10FFFF])

  /// The union of any ranges in any order.
  package init(_ ranges: [ClosedRange<UInt32>]) {
    let isOrdered = ranges.indices.dropFirst().allSatisfy { ranges[$0 - 1].lowerBound <= ranges[$0].lowerBound }
    var kept: [ClosedRange<UInt32>] = []
    kept.reserveCapacity(ranges.count)
    for range in isOrdered ? ranges : ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = kept.last, range.lowerBound <= last.upperBound &+ 1 {
        kept[kept.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        kept.append(range)
      }
    }
    let surrogates = kept.contains { $0.lowerBound <= 0xDFFF && $0.upperBound >= 0xD800 }
    self.ranges = surrogates ? kept.flatMap(Self.withoutSurrogates) : kept
  }

  package init(_ scalar: Unicode.Scalar) { self.ranges = [scalar.value...scalar.value] }

  /// The characters of a text.
  package init(of text: String) { self.init(text.unicodeScalars.map { $0.value...$0.value }) }

  private static func withoutSurrogates(_ range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
    var parts: [ClosedRange<UInt32>] = []
    if range.lowerBound < 0xD800 { parts.append(range.lowerBound...min(range.upperBound, 0xD7FF)) }
    if range.upperBound > 0xDFFF { parts.append(max(range.lowerBound, 0xE000)...range.upperBound) }
    return parts
  }

  package var isEmpty: Bool { ranges.isEmpty }

  package var count: Int { ranges.reduce(0) { $0 + $1.count } }

  package func contains(_ scalar: Unicode.Scalar) -> Bool {
    ranges.contains { $0.contains(scalar.value) }
  }

  /// The only member, if there is just one.
  package var only: Unicode.Scalar? {
    guard ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
    return Unicode.Scalar(ranges[0].lowerBound)
  }

  package func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

  package var inverted: ScalarSet {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
    return ScalarSet(gaps)
  }

  package func isDisjoint(with other: ScalarSet) -> Bool {
    !ranges.contains { range in other.ranges.contains { $0.overlaps(range) } }
  }

  package func intersection(_ other: ScalarSet) -> ScalarSet { inverted.union(other.inverted).inverted }

  package func subtracting(_ other: ScalarSet) -> ScalarSet { intersection(other.inverted) }

  /// With every letter in all its cases, as PCRE2 folds them.
  package var folded: ScalarSet {
    var added: [ClosedRange<UInt32>] = []
    for range in ranges {
      for (letters, others) in CaseFolding.ascii {
        guard range.lowerBound <= letters.upperBound, range.upperBound >= letters.lowerBound else { continue }
        let shift = others.lowerBound &- letters.lowerBound
        added.append(max(range.lowerBound, letters.lowerBound) &+ shift...min(range.upperBound, letters.upperBound) &+ shift)
      }
      guard range.upperBound >= 0x80 else { continue }
      for value in CaseFolding.candidates(in: max(range.lowerBound, 0x80)...range.upperBound) {
        guard let scalar = Unicode.Scalar(value) else { continue }
        added += CaseFolding.others(of: scalar).map { $0.value...$0.value }
      }
    }
    return added.isEmpty ? self : ScalarSet(ranges + added)
  }
}

extension CharacterClass {
  /// The characters it matches.
  package var scalars: ScalarSet {
    var written: [ClosedRange<UInt32>] = []
    var named: [ClosedRange<UInt32>] = []
    for item in items {
      switch item {
      case .range(let low, let high): written.append(low.value...high.value)
      case .named(let name, let negated):
        let scalars = name.scalars(folds: folds)
        named += (negated ? scalars.inverted : scalars).ranges
      }
    }
    let letters = folds ? ScalarSet(written).folded.ranges : written
    let members = ScalarSet(letters + named)
    return negated ? members.inverted : members
  }
}

extension CharacterClass.Name {
  /// Named sets do not fold, except that `[:lower:]` and `[:upper:]` lose their difference, as in PCRE2.
  func scalars(folds: Bool) -> ScalarSet {
    switch self {
    case .digits, .digit: ScalarSet([48...57])
    case .word, .posixWord: ScalarSet([48...57, 65...90, 95...95, 97...122])
    case .space, .posixSpace: ScalarSet([9...13, 32...32])
    case .horizontalSpace:
      ScalarSet([
        9...9, 32...32, 0xA0...0xA0, 0x1680...0x1680, 0x180E...0x180E, 0x2000...0x200A, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
      ])
    case .verticalSpace: ScalarSet([10...13, 0x85...0x85, 0x2028...0x2029])
    case .alpha: ScalarSet([65...90, 97...122])
    case .lower: ScalarSet(folds ? [65...90, 97...122] : [97...122])
    case .upper: ScalarSet(folds ? [65...90, 97...122] : [65...90])
    case .alnum: ScalarSet([48...57, 65...90, 97...122])
    case .ascii: ScalarSet([0...127])
    case .blank: ScalarSet([9...9, 32...32])
    case .cntrl: ScalarSet([0...31, 127...127])
    case .graph: ScalarSet([33...126])
    case .print: ScalarSet([32...126])
    case .punct: ScalarSet([33...47, 58...64, 91...96, 123...126])
    case .xdigit: ScalarSet([48...57, 65...70, 97...102])
    }
  }
}
