/// Reads the source of a regular expression by recursive descent. Groups and sequences here, escapes and classes in files of their own.
struct ExpressionParser {
  /// What `(?ims)` switches.
  struct Flags: Hashable {
    var folds: Bool
    var multiline = false
    var dotAll = false
  }

  let scalars: [Unicode.Scalar]
  /// For each scalar the byte where it starts, and the length of the source at the end.
  private let offsets: [Int]
  var position = 0
  var flags: Flags
  private var depth = 0
  private var names: Set<String> = []

  init(_ source: String, caseInsensitive: Bool) {
    scalars = Array(source.unicodeScalars)
    var offsets: [Int] = []
    var offset = 0
    for scalar in scalars {
      offsets.append(offset)
      offset += UTF8.width(scalar)
    }
    self.offsets = offsets + [offset]
    flags = Flags(folds: caseInsensitive)
  }

  // MARK: Reading

  var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  func peek(_ distance: Int) -> Unicode.Scalar? {
    position + distance < scalars.count ? scalars[position + distance] : nil
  }

  mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  func startsWith(_ text: String) -> Bool {
    var distance = 0
    for scalar in text.unicodeScalars {
      guard peek(distance) == scalar else { return false }
      distance += 1
    }
    return true
  }

  /// The bytes from a scalar up to the current one.
  func bytes(from start: Int) -> Range<Int> { offsets[start]..<offsets[max(start, position)] }

  /// An error about the scalars from `start`: up to `length` of them, or up to the current one.
  func error(at start: Int, length: Int? = nil, _ message: String, help: String? = nil) -> SyntaxError {
    let end = min(scalars.count, length.map { start + $0 } ?? max(position, start))
    return SyntaxError(offsets[start]..<offsets[end], message, help: help)
  }

  // MARK: Grammar

  mutating func parse() throws(SyntaxError) -> Expression {
    guard offsets[scalars.count] <= ExpressionLimits.source else {
      throw error(at: 0, length: 1, "the expression is longer than \(ExpressionLimits.source) bytes")
    }
    let root = try choice()
    // Only a `)` ends a choice before the end.
    if current != nil { throw error(at: position, length: 1, "`)` closes nothing", help: "write `\\)` for the character") }
    guard root.expandedSize <= ExpressionLimits.expanded else {
      throw error(
        at: 0, length: scalars.count, "the expression stands for more than \(ExpressionLimits.expanded) characters",
        help: "its counted repetitions multiply; make the counts smaller, or repeat without bound")
    }
    return root
  }

  /// Alternatives up to `)` or the end. Flags set at its start hold for all of it.
  private mutating func choice() throws(SyntaxError) -> Expression {
    let outer = flags
    defer { flags = outer }
    try leadingFlags()
    var alternatives: [Expression] = []
    repeat { alternatives.append(try sequence()) } while accept("|")
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  /// `(?i)` first in a group or in the expression. Elsewhere its reach surprises people, so it is refused there.
  private mutating func leadingFlags() throws(SyntaxError) {
    while startsWith("(?"), let end = flagsEnd(from: position + 2), end < scalars.count, scalars[end] == ")" {
      position += 2
      try readFlags()
      position += 1
    }
  }

  /// Where letters and `-` that look like flags end. Flags are lower case in PCRE2, but for `J` and `U`; other capitals open other groups.
  private func flagsEnd(from start: Int) -> Int? {
    var index = start
    while index < scalars.count, "-JU".unicodeScalars.contains(scalars[index]) || ("a"..."z").contains(scalars[index]) { index += 1 }
    return index > start ? index : nil
  }

  private mutating func sequence() throws(SyntaxError) -> Expression {
    var parts: [Expression] = []
    while let scalar = current, scalar != "|" && scalar != ")" {
      let start = position
      let part = try atom()
      parts.append(try quantified(part, from: start))
    }
    switch parts.count {
    case 0: return .empty
    case 1: return parts[0]
    default: return .sequence(parts)
    }
  }

  private mutating func atom() throws(SyntaxError) -> Expression {
    let start = position
    guard let scalar = current else { return .empty }
    switch scalar {
    case "(": return try group()
    case "[": return .characterClass(try characterClass())
    case "\\": return try escape()
    case ".":
      position += 1
      return .any(lineFeed: flags.dotAll)
    case "^":
      position += 1
      return .assertion(flags.multiline ? .lineStart : .textStart)
    case "$":
      position += 1
      return .assertion(flags.multiline ? .lineEnd : .textEnd)
    case "*", "+", "?":
      throw error(at: start, length: 1, "`\(scalar)` repeats nothing", help: "write `\\\(scalar)` for the character")
    case "{":
      let what = countedRepetition() == nil ? "`{` stands alone" : "`{` repeats nothing"
      throw error(at: start, length: 1, what, help: "write `\\{` for the character, or `{2}`, `{2,}`, `{2,5}` after what is repeated")
    default:
      position += 1
      return .literal(scalar, folds: flags.folds)
    }
  }

  // MARK: Repetition

  private mutating func quantified(_ part: Expression, from start: Int) throws(SyntaxError) -> Expression {
    let sign = position
    guard let counts = try quantifier() else { return part }
    if case .assertion = part {
      throw error(at: start, "a place is repeated, which changes nothing or is a mistake", help: "remove the repetition")
    }
    let kind: Quantifier.Kind = accept("?") ? .lazy : accept("+") ? .possessive : .greedy
    if let next = current, "*+?".unicodeScalars.contains(next) || (next == "{" && countedRepetition() != nil) {
      throw error(
        at: sign, length: position - sign + 1, "two repetitions follow each other", help: "put the inner one in a group: `(?:a*)*`")
    }
    return .repetition(part, Quantifier(counts.minimum, counts.maximum, kind))
  }

  private mutating func quantifier() throws(SyntaxError) -> (minimum: Int, maximum: Int?)? {
    switch current {
    case "*":
      position += 1
      return (0, nil)
    case "+":
      position += 1
      return (1, nil)
    case "?":
      position += 1
      return (0, 1)
    case "{":
      guard let counted = countedRepetition() else { return nil }
      let start = position
      position = counted.end
      guard counted.minimum <= ExpressionLimits.repetition, (counted.maximum ?? 0) <= ExpressionLimits.repetition else {
        throw error(at: start, "a count is more than \(ExpressionLimits.repetition)")
      }
      if let maximum = counted.maximum, maximum < counted.minimum {
        throw error(at: start, "the counts stand the wrong way round", help: "write `{\(maximum),\(counted.minimum)}`")
      }
      return (counted.minimum, counted.maximum)
    default: return nil
    }
  }

  /// What `{` starts if it is `{n}`, `{n,}` or `{n,m}`, without reading it. Other forms are literal text in some versions of PCRE2 and
  /// repetitions in others.
  private func countedRepetition() -> (minimum: Int, maximum: Int?, end: Int)? {
    var index = position + 1
    func number() -> Int? {
      let start = index
      var value = 0
      while index < scalars.count, let digit = scalars[index].decimalDigit {
        value = min(value * 10 + digit, 1_000_000)
        index += 1
      }
      return index > start ? value : nil
    }
    guard let minimum = number() else { return nil }
    var maximum: Int? = minimum
    if index < scalars.count, scalars[index] == "," {
      index += 1
      maximum = number()
    }
    guard index < scalars.count, scalars[index] == "}" else { return nil }
    return (minimum, maximum, index + 1)
  }

  // MARK: Groups

  private mutating func group() throws(SyntaxError) -> Expression {
    let start = position
    guard depth < ExpressionLimits.nesting else {
      throw error(at: start, length: 1, "groups are nested deeper than \(ExpressionLimits.nesting)")
    }
    position += 1
    let outer = flags
    let kind = try groupStart(from: start)
    depth += 1
    let inner = try choice()
    depth -= 1
    flags = outer
    guard accept(")") else { throw error(at: start, length: 1, "`(` is never closed", help: "write `\\(` for the character") }
    return .group(inner, kind)
  }

  private mutating func groupStart(from start: Int) throws(SyntaxError) -> Group {
    if current == "*" {
      throw error(at: start, length: 2, "a verb such as `(*SKIP)` is not accepted", help: "write `\\(` for the character")
    }
    guard accept("?") else { return .numbered }
    if accept(":") { return .plain }
    if accept(">") { return .atomic }
    if current == "<", let next = peek(1), next != "=" && next != "!" {
      position += 1
      return .named(try groupName(from: start))
    }
    if let refused = Self.refusedGroups.first(where: { startsWith($0.opening) }) {
      throw error(at: start, length: 2 + refused.opening.unicodeScalars.count, refused.message, help: refused.help)
    }
    guard flagsEnd(from: position) != nil else {
      throw error(at: start, length: 3, "no such kind of group", help: "groups are `(…)`, `(?:…)`, `(?<name>…)`, `(?>…)` and `(?i:…)`")
    }
    try readFlags()
    if accept(":") { return .plain }
    throw error(
      at: start, "flags can be set at the start of the expression or of a group only", help: "give the flags a group of their own: `(?i:…)`"
    )
  }

  /// Openings after `(?` that PCRE2 knows and that are not regular, or not readable.
  private static let refusedGroups: [(opening: String, message: String, help: String?)] = [
    ("=", "look-ahead is not accepted", "match what follows too, or use two patterns"),
    ("!", "negative look-ahead is not accepted", "say what may follow, or use two patterns"),
    ("<=", "look-behind is not accepted", "match what comes before too, or use `\\b`"),
    ("<!", "negative look-behind is not accepted", "say what may come before, or use `\\b`"),
    ("(", "conditions are not accepted", nil), ("R", "recursion is not accepted", nil), ("0", "recursion is not accepted", nil),
    ("&", "recursion is not accepted", nil), ("P>", "recursion is not accepted", nil), ("P=", "back-references are not accepted", nil),
    ("P<", "names are written `(?<name>…)`", nil), ("'", "names are written `(?<name>…)`", nil), ("C", "callouts are not accepted", nil),
    ("|", "groups that share numbers are not accepted", "write `(?:…|…)`"), ("#", "comments are not accepted", nil),
    ("^", "`(?^` is not accepted", "name the flags: `(?-i:…)`"),
  ]

  private mutating func groupName(from start: Int) throws(SyntaxError) -> String {
    var name = ""
    while let scalar = current, scalar.isASCII, scalar == "_" || scalar.properties.isAlphabetic || scalar.decimalDigit != nil {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    // 32 is the longest name PCRE2 takes.
    guard let first = name.unicodeScalars.first, first.decimalDigit == nil, name.utf8.count <= 32 else {
      throw error(at: start, "a group's name is up to 32 ASCII letters, digits and `_`, no digit first")
    }
    guard accept(">") else { throw error(at: start, "a group's name ends with `>`") }
    guard names.insert(name).inserted else { throw error(at: start, "two groups have the name `\(name)`") }
    return name
  }

  /// Letters up to `)` or `:`, which stays unread.
  private mutating func readFlags() throws(SyntaxError) {
    let start = position
    var on = true
    var seen: Set<Unicode.Scalar> = []
    while let scalar = current, scalar != ")" && scalar != ":" {
      position += 1
      guard scalar == "-" || seen.insert(scalar).inserted else { throw error(at: start, "the flag `\(scalar)` is set twice") }
      switch scalar {
      case "-" where on && current != ")" && current != ":": on = false
      case "i": flags.folds = on
      case "m": flags.multiline = on
      case "s": flags.dotAll = on
      default:
        throw error(
          at: start, "no such flag: `\(scalar)`",
          help: "flags are `i` (any case), `m` (`^` and `$` at lines), `s` (the dot matches line feeds)")
      }
    }
    guard current != nil else { throw error(at: start, "the flags are never closed") }
  }
}

extension Unicode.Scalar {
  /// The value of `0`…`9`.
  var decimalDigit: Int? { (0x30...0x39).contains(value) ? Int(value) - 0x30 : nil }
}
