internal import Semantics

/// A condition in negation normal form: negation only at its tests, no constants but as the whole.
indirect enum Normal {
  case constant(Bool)
  /// Two or more.
  case all([Normal])
  case any([Normal])
  case literal(Literal)

  struct Literal {
    let atom: Atom
    /// Where the atom stands among those of its rule, in order of place.
    let index: Int
    /// Whether it counts as met when the test does not hold.
    let isNegated: Bool
  }

  init(_ condition: Condition) {
    var next = 0
    self = Normal.form(condition, isNegated: false, &next)
  }

  private static func form(_ condition: Condition, isNegated: Bool, _ next: inout Int) -> Normal {
    switch condition {
    case .constant(let value): return .constant(value != isNegated)
    case .not(let inner): return form(inner, isNegated: !isNegated, &next)
    case .atom(let atom):
      defer { next += 1 }
      return .literal(Literal(atom: atom, index: next, isNegated: isNegated))
    case .all(let parts): return join(parts.map { form($0, isNegated: isNegated, &next) }, isAll: !isNegated)
    case .any(let parts): return join(parts.map { form($0, isNegated: isNegated, &next) }, isAll: isNegated)
    }
  }

  private static func join(_ parts: [Normal], isAll: Bool) -> Normal {
    var kept: [Normal] = []
    for part in parts {
      switch part {
      case .constant(let value):
        if value != isAll { return .constant(value) }
      case .all(let inner) where isAll: kept += inner
      case .any(let inner) where !isAll: kept += inner
      default: kept.append(part)
      }
    }
    if kept.isEmpty { return .constant(isAll) }
    return kept.count == 1 ? kept[0] : isAll ? .all(kept) : .any(kept)
  }

  var literals: [Literal] {
    switch self {
    case .constant: []
    case .literal(let literal): [literal]
    case .all(let parts), .any(let parts): parts.flatMap(\.literals)
    }
  }

  /// The literals that every way to hold goes through.
  var required: [Literal] {
    switch self {
    case .literal(let literal): [literal]
    case .all(let parts): parts.compactMap { if case .literal(let literal) = $0 { literal } else { nil } }
    case .constant, .any: []
    }
  }
}

extension Condition {
  /// In order of place, as `Normal` counts them.
  var atoms: [(atom: Atom, isNegated: Bool)] { atoms(isNegated: false) }

  private func atoms(isNegated: Bool) -> [(atom: Atom, isNegated: Bool)] {
    switch self {
    case .constant: []
    case .not(let inner): inner.atoms(isNegated: !isNegated)
    case .atom(let atom): [(atom, isNegated)]
    case .all(let parts), .any(let parts): parts.flatMap { $0.atoms(isNegated: isNegated) }
    }
  }
}
