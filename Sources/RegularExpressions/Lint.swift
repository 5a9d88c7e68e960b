/// Something that is right by the syntax and probably not what was meant, with a text that shows it.
package struct Lint: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// `[^ourcompany.com$]`: a class that spells a word excludes or admits its letters, not the word.
    case classSpellsWord
    /// `[A-z]`: between `Z` and `a` there are six more characters.
    case rangeAcrossCases
    /// `ourcompany.com`: the dot is any character.
    case unescapedDot
    /// `ourcompany\.com`, where more of a host name may come before or after it.
    case unanchoredHost
    /// `ignore previous` without `i`: words are written in any case.
    case caseSensitiveWord
  }

  package let kind: Kind
  /// In bytes of the source.
  package let range: Range<Int>
  /// The word, range or host in question.
  package let subject: String
  /// What the expression does that its author would not expect: a text that it matches, or for `caseSensitiveWord` one that it misses. For
  /// `classSpellsWord` one character that the class treats like the word.
  package let witness: String
  /// What to write instead, as source; nil where there is no single answer.
  package let suggestion: String?
}

extension RegularExpression {
  /// Every lint, in order of place. `mode` matters to hosts only.
  package func lints(_ mode: MatchMode) -> [Lint] {
    var found = classes(in: root).flatMap(lints(of:))
    for run in root.runs { found += lints(of: run, mode) }
    return found.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
  }

  private func classes(in expression: Expression) -> [CharacterClass] {
    switch expression {
    case .characterClass(let set): [set]
    case .empty, .literal, .any, .assertion: []
    case .sequence(let parts), .choice(let parts): parts.flatMap(classes)
    case .group(let inner, _), .repetition(let inner, _): classes(in: inner)
    }
  }

  // MARK: Classes

  private func lints(of set: CharacterClass) -> [Lint] {
    var found: [Lint] = []
    for case .range(let low, let high) in set.items where low.isLetter && high.isLetter && low.isCapital && !high.isCapital {
      found.append(
        Lint(kind: .rangeAcrossCases, range: set.range, subject: "\(low)-\(high)", witness: "_", suggestion: "\(low)-Za-\(high)"))
    }
    var characters: [Unicode.Scalar] = []
    for case .range(let low, let high) in set.items where low == high { characters.append(low) }
    if characters.count == set.items.count, let first = characters.first, Self.spellsWord(characters) {
      let word = String(String.UnicodeScalarView(characters))
      found.append(Lint(kind: .classSpellsWord, range: set.range, subject: word, witness: String(first), suggestion: nil))
    }
    return found
  }

  /// Whether single characters look like a word or a host: five letters or more that go back in the alphabet twice, as lists of letters do not, and
  /// with a character that stands there twice, a dot, or more letters than anyone lists.
  private static func spellsWord(_ characters: [Unicode.Scalar]) -> Bool {
    let letters = characters.filter(\.isLetter).map { UInt8(truncatingIfNeeded: $0.value) | 0x20 }
    guard letters.count >= 5, letters.count * 4 >= characters.count * 3, zip(letters, letters.dropFirst()).count(where: { $0 >= $1 }) >= 2
    else { return false }
    return Set(characters).count < characters.count || characters.contains(".") || letters.count >= 8
  }

  // MARK: Literals

  private func lints(of run: LiteralRun, _ mode: MatchMode) -> [Lint] {
    let hosts = run.hosts
    guard hosts.isEmpty else { return hosts.compactMap { lint(host: $0, mode) } }
    // A whole value that must match is usually no prose.
    guard mode == .search, !run.folds, let word = run.text.firstLongWord else { return [] }
    let capital = word.prefix(1).uppercased() + word.dropFirst()
    return [Lint(kind: .caseSensitiveWord, range: place(of: word), subject: word, witness: capital, suggestion: "(?i:\(word))")]
  }

  private func lint(host: String, _ mode: MatchMode) -> Lint? {
    let name = host.replacing(LiteralRun.anyDot, with: ".")
    let escaped = name.replacing(".", with: "\\.")
    if host.contains(LiteralRun.anyDot) {
      let witness = host.replacing(LiteralRun.anyDot, with: "x")
      return Lint(kind: .unescapedDot, range: place(of: name), subject: name, witness: witness, suggestion: escaped)
    }
    guard var recognizer = Recognizer(Language(self, mode)) else { return nil }
    let attempts = [
      name + ".attacker.example", "attacker-" + name, "https://\(name).attacker.example/", "https://attacker-\(name)/",
      "https://attacker.example/\(name)", "https://attacker.example/https://\(name)/",
    ]
    guard let witness = attempts.first(where: { recognizer.accepts($0) == true }) else { return nil }
    return Lint(kind: .unanchoredHost, range: place(of: escaped), subject: name, witness: witness, suggestion: nil)
  }

  /// Where a piece is written as it is; the whole source when escapes hide it.
  private func place(of piece: String) -> Range<Int> {
    let bytes = Array(source.utf8)
    let wanted = Array(piece.utf8)
    if !wanted.isEmpty, bytes.count >= wanted.count {
      for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
        return start..<start + wanted.count
      }
    }
    return 0..<bytes.count
  }
}

/// Literal characters that follow each other, dots of either kind among them.
private struct LiteralRun {
  /// Stands for a dot that means any character; no text has it by accident.
  static let anyDot = "\u{FFFC}"

  var text = ""
  /// Whether all letters do.
  var folds = true

  /// The pieces that look like names of hosts.
  var hosts: [String] {
    text.unicodeScalars.split { !($0.isLetter || $0.decimalDigit != nil || $0 == "-" || $0 == "." || String($0) == Self.anyDot) }
      .map(String.init).filter { $0.replacing(Self.anyDot, with: ".").isHostLike }
  }
}

extension Expression {
  fileprivate var runs: [LiteralRun] {
    switch self {
    case .empty, .assertion, .characterClass, .any: return []
    case .literal: return Self.runs(of: [self])
    case .sequence(let parts): return Self.runs(of: parts) + parts.filter { !$0.isLiteral }.flatMap(\.runs)
    case .choice(let parts): return parts.flatMap(\.runs)
    case .group(let inner, _), .repetition(let inner, _): return inner.runs
    }
  }

  private var isLiteral: Bool {
    if case .literal = self { true } else { false }
  }

  private static func runs(of parts: [Expression]) -> [LiteralRun] {
    var runs: [LiteralRun] = []
    var run = LiteralRun()
    for part in parts + [.empty] {
      switch part {
      case .literal(let scalar, let folds):
        run.text.unicodeScalars.append(scalar)
        run.folds = run.folds && (folds || !scalar.isLetter)
      case .any:
        run.text += LiteralRun.anyDot
      default:
        if !run.text.isEmpty { runs.append(run) }
        run = LiteralRun()
      }
    }
    return runs
  }
}

extension String {
  /// Labels of letters, digits and hyphens joined by dots, the last a top-level domain that people write rules about.
  fileprivate var isHostLike: Bool {
    let labels = split(separator: ".", omittingEmptySubsequences: false)
    let domains: Set<Substring> = [
      "com", "org", "net", "io", "dev", "app", "ai", "co", "edu", "gov", "example", "internal", "local", "uk", "de", "fr", "eu",
    ]
    guard labels.count >= 2, let last = labels.last, domains.contains(last) else { return false }
    return labels.allSatisfy { label in
      !label.isEmpty && label.unicodeScalars.allSatisfy { $0.isLetter || $0.decimalDigit != nil || $0 == "-" }
    }
  }

  /// Four small letters or more with nothing of a word beside them.
  fileprivate var firstLongWord: String? {
    let words = split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
    return words.first { $0.count >= 4 && $0.allSatisfy { $0.isASCII && $0.isLowercase } }.map(String.init)
  }
}

extension Unicode.Scalar {
  /// An ASCII letter.
  fileprivate var isLetter: Bool { (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value) }
  fileprivate var isCapital: Bool { (0x41...0x5A).contains(value) }
}
