package import Bytecode

/// The filters that read one kind of text, made ready: kept by whoever meets such texts often.
package final class Selection: Sendable {
  let uses: [Use]
  /// Patterns that any use has.
  let active: PatternMask
  /// Those beside the first that are needed, and which patterns by them.
  let scanners: [(number: Int, wanted: PatternMask)]
  /// What is taken out of every text.
  let strips: Normalisation
  let lengths: [Length]
  /// Whether a pattern may be found in a part of a text and not in the same place of the whole.
  let hasAnchors: Bool

  /// What a filter does about texts that are too long.
  struct Length: Sendable {
    let filter: Int
    let isShadow: Bool
    let limit: LongestText
  }

  /// What `strip` takes out of a text.
  func removals(in text: Span<UInt8>) -> [Range<Int>] { strips.isEmpty ? [] : strips.removals(in: text) }

  fileprivate init(_ sanitiser: Sanitiser, _ filters: [Int]) {
    uses = filters.flatMap { sanitiser.uses[$0] }
    active = PatternMask(uses.flatMap(\.patterns))
    // What a filter reads in its own views counts only there.
    scanners = Dictionary(grouping: uses.filter { $0.scanner > 0 }, by: \.scanner).sorted { $0.key < $1.key }.map { scanner, uses in
      (Int(scanner), PatternMask(uses.flatMap(\.patterns)))
    }
    let all = filters.map { ($0, sanitiser.filters[$0]) }
    strips = all.reduce([]) { $1.1.isShadow ? $0 : $0.union($1.1.transforms.intersection(.stripping).normalisation) }
    lengths = all.compactMap { number, filter in
      filter.longest.map { Length(filter: number, isShadow: filter.isShadow, limit: $0) }
    }
    let numbers = uses.flatMap(\.patterns)
    hasAnchors = numbers.contains { sanitiser.isAnchored[$0] }
  }
}

extension Sanitiser {
  /// Those of some filters, by number in the program, that read a place; nil: none does, and such texts need no look.
  package func selection(of filters: some Sequence<Int>, in place: FilterPlaces) -> Selection? {
    let reading = Set(filters).filter { !self.filters[$0].places.isDisjoint(with: place) }.sorted()
    return reading.isEmpty ? nil : Selection(self, reading)
  }
}

extension FilterTransforms {
  /// What shows a text as these do. Ways of hiding for which policies have no word go with the nearest that have one.
  var normalisation: Normalisation {
    let all: [(FilterTransforms, Normalisation)] = [
      (.unicode, .unicode), (.invisible, .invisible), (.control, .control), (.terminal, .terminal), (.markup, .markup), (.base64, .base64),
      (.hexadecimal, [.hex, .escapes]), (.percent, .percent), (.entities, .entities), (.rot13, [.rot13, .reversed]), (.leet, .leet),
      (.spaced, [.spaced, .typos]),
    ]
    return all.reduce([]) { contains($1.0) ? $0.union($1.1) : $0 }
  }
}
