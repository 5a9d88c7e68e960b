extension Expression: CustomStringConvertible {
  /// Source that means this tree whatever flags it is compiled with: each part carries its own. For tests and for messages.
  package var description: String {
    switch self {
    case .empty: return "(?:)"
    case .literal(let scalar, let folds): return folds ? "(?i:\(scalar.escaped))" : "(?-i:\(scalar.escaped))"
    case .characterClass(let set): return "(?\(set.folds ? "i" : "-i"):\(set.text))"
    case .any(let lineFeed): return lineFeed ? "(?s:.)" : "(?-s:.)"
    case .assertion(let assertion): return assertion.text
    case .sequence(let parts): return "(?:" + parts.map(\.description).joined() + ")"
    case .choice(let parts): return "(?:" + parts.map(\.description).joined(separator: "|") + ")"
    case .group(let inner, let kind):
      switch kind {
      case .atomic: return "(?>\(inner))"
      case .numbered: return "(\(inner))"
      case .named(let name): return "(?<\(name)>\(inner))"
      case .plain: return "(?:\(inner))"
      }
    case .repetition(let inner, let quantifier): return "(?:\(inner))\(quantifier.text)"
    }
  }
}

extension Assertion {
  var text: String {
    switch self {
    case .textStart: "\\A"
    case .lineStart: "(?m:^)"
    case .textEnd: "\\z"
    case .lineEnd: "(?m:$)"
    case .wordBoundary: "\\b"
    case .notWordBoundary: "\\B"
    }
  }
}

extension Quantifier {
  var text: String {
    let suffix =
      switch kind {
      case .greedy: ""
      case .lazy: "?"
      case .possessive: "+"
      }
    return "{\(minimum),\(maximum.map(String.init) ?? "")}" + suffix
  }
}

extension CharacterClass {
  var text: String {
    "[" + (negated ? "^" : "")
      + items.map { item in
        switch item {
        case .range(let low, let high): low == high ? low.escaped : "\(low.escaped)-\(high.escaped)"
        case .named(let name, let negated):
          name.isPosix ? "[:\(negated ? "^" : "")\(name.rawValue):]" : "\\\(negated ? name.rawValue.uppercased() : name.rawValue)"
        }
      }.joined() + "]"
  }
}

extension Unicode.Scalar {
  /// Safe at any place of an expression: letters and digits as they are, the rest by number.
  var escaped: String {
    switch value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(self)
    default: "\\x{\(String(value, radix: 16))}"
    }
  }
}
