extension RegularExpression {
  /// The same texts as JSON Schema's `pattern` tells them: ECMA-262, the whole value, nothing whose meaning differs between readers (no `\d`, no
  /// flags). Nil when ECMA-262 has no words for it: atomic groups, possessive repetition, `(?m)`.
  package var scriptSource: String? {
    root.script(.choice).map { source in
      if case .choice = root { return "^(?:\(source))$" }
      return "^\(source)$"
    }
  }
}

/// Where a part stands, which says whether it needs a group around it.
private enum Place: Int {
  case choice, sequence, atom
}

extension Expression {
  fileprivate func script(_ place: Place) -> String? {
    switch self {
    case .empty: return place == .atom ? "(?:)" : ""
    case .literal(let scalar, let folds): return (folds ? ScalarSet(scalar).folded : ScalarSet(scalar)).script
    case .characterClass(let set): return set.scalars.script
    case .any(let lineFeed): return lineFeed ? "[\\s\\S]" : "[^\\n]"
    case .assertion(let assertion): return assertion.script.map { place == .atom ? "(?:\($0))" : $0 }
    case .group(_, .atomic): return nil
    case .group(let inner, _): return inner.script(place)
    case .sequence(let parts): return joined(parts.map { $0.script(.sequence) }, "", isGrouped: place == .atom)
    case .choice(let parts): return joined(parts.map { $0.script(.sequence) }, "|", isGrouped: place != .choice)
    case .repetition(let inner, let quantifier):
      guard quantifier.kind != .possessive, let source = inner.script(.atom) else { return nil }
      let repeated = source + quantifier.script
      return place == .atom ? "(?:\(repeated))" : repeated
    }
  }

  private func joined(_ parts: [String?], _ separator: String, isGrouped: Bool) -> String? {
    guard !parts.contains(nil) else { return nil }
    let source = parts.compactMap(\.self).joined(separator: separator)
    return isGrouped ? "(?:\(source))" : source
  }
}

extension Assertion {
  fileprivate var script: String? {
    switch self {
    case .textStart: "^"
    case .textEnd: "$"
    case .wordBoundary: "\\b"
    case .notWordBoundary: "\\B"
    case .lineStart, .lineEnd: nil
    }
  }
}

extension Quantifier {
  fileprivate var script: String {
    switch (minimum, maximum) {
    case (0, nil): "*"
    case (1, nil): "+"
    case (0, 1): "?"
    case (let minimum, nil): "{\(minimum),}"
    case (let minimum, let maximum?): minimum == maximum ? "{\(minimum)}" : "{\(minimum),\(maximum)}"
    }
  }
}

extension ScalarSet {
  fileprivate var script: String {
    if let only { return only.script(isInClass: false) }
    if isEmpty { return "[^\\s\\S]" }
    // A set that reaches the end of Unicode was written by what it leaves out.
    guard ranges.last?.upperBound == 0x10FFFF else { return "[" + members + "]" }
    let rest = inverted
    return rest.isEmpty ? "[\\s\\S]" : "[^" + rest.members + "]"
  }

  private var members: String {
    ranges.map { range in
      guard let low = Unicode.Scalar(range.lowerBound), let high = Unicode.Scalar(range.upperBound) else { return "" }
      if low == high { return low.script(isInClass: true) }
      return low.script(isInClass: true) + (high.value - low.value > 1 ? "-" : "") + high.script(isInClass: true)
    }.joined()
  }
}

extension Unicode.Scalar {
  fileprivate func script(isInClass: Bool) -> String {
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: break
    }
    if value < 0x20 || (0x7F...0xA0).contains(value) || (0x2028...0x2029).contains(value) || properties.isDefaultIgnorableCodePoint,
      value <= 0xFFFF
    {
      let digits = String(value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return (isInClass ? "\\]^-[" : "^$\\.*+?()[]{}|/").unicodeScalars.contains(self) ? "\\\(self)" : String(self)
  }
}
