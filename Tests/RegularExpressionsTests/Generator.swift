import TestSupport

/// Random sources of the accepted syntax, over few letters so that texts often match.
struct ExpressionGenerator {
  var random: SeededGenerator
  /// Whether to make atomic groups and possessive repetitions, whose language our automaton only bounds.
  var givesBack = true

  mutating func source(_ depth: Int = 3) -> String {
    let count = Int.random(in: 1...3, using: &random)
    let parts = (0..<count).map { _ in sequence(depth) }
    return parts.joined(separator: "|")
  }

  private mutating func sequence(_ depth: Int) -> String {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in item(depth) }.joined()
  }

  private mutating func item(_ depth: Int) -> String {
    if random.chance(12) {
      return ["^", "$", "\\b", "\\B", "\\A", "\\z", "(?m:^)", "(?m:$)"].randomElement(using: &random) ?? ""
    }
    let atom = atom(depth)
    guard random.chance(35) else { return atom }
    let counts = ["*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}", "{0}"].randomElement(using: &random) ?? ""
    let kinds = givesBack ? ["", "", "?"] : ["", "?", "+"]
    return atom + counts + (kinds.randomElement(using: &random) ?? "")
  }

  private mutating func atom(_ depth: Int) -> String {
    if depth > 0 && random.chance(30) {
      let openings = ["(", "(?:", "(?i:", "(?s:", "(?-i:"] + (givesBack ? [] : ["(?>"])
      return (openings.randomElement(using: &random) ?? "(") + source(depth - 1) + ")"
    }
    let atoms = [
      "a", "b", "a", "b", "k", "K", "s", "é", "\u{212A}", ".", "\\n", "\\d", "\\w", "\\W", "\\s", "\\h", "\\v", "[ab]", "[^a]", "[a-c1]",
      "[^\\w-]",
      "[[:upper:]]", "[[:^alpha:]é]", "\\x{e9}", " ", "1", "-", "\\.", "[^\\W_]", "[\\D]", "[[:punct:]k]",
    ]
    return atoms.randomElement(using: &random) ?? "a"
  }

  mutating func text() -> String {
    let letters: [Unicode.Scalar] = [
      "a", "a", "b", "b", "c", "k", "K", "\u{212A}", "s", "\u{17F}", "é", "É", "1", " ", "\n", "-", ".", "_", "\u{A0}", "😀",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...7, using: &random) { text.unicodeScalars.append(letters.randomElement(using: &random) ?? "a") }
    return text
  }
}
