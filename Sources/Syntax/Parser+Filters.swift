internal import Text

// Patterns and filters.
extension Parser {
  mutating func patterns() throws(Broken) -> PatternsSyntax {
    let name = try dottedName("the name of the patterns")
    let firing = accept(.fires) == nil ? nil : try firing()
    var patterns: [PatternsSyntax.Pattern] = []
    try body(of: .patterns) { parser throws(Broken) in
      patterns.append(try parser.pattern())
    }
    return PatternsSyntax(name: name, firing: firing, patterns: patterns)
  }

  private mutating func firing() throws(Broken) -> PatternsSyntax.Firing {
    try expect(.at)
    let threshold = try number("a score, as in `fires at 3`")
    return .init(threshold: threshold, window: accept(.within) == nil ? nil : try size("a size such as 2KiB"))
  }

  private mutating func pattern() throws(Broken) -> PatternsSyntax.Pattern {
    let start = position
    let name = try identifier("a pattern's name")
    try expect(.colon, "`:` behind the pattern's name")
    let regex = try regex()
    let weight = accept(.weight) == nil ? nil : try number("a number, as in `weight 2`")
    let family = accept(.family) == nil ? nil : try identifier("a family's name")
    let checks =
      accept(.valid) == nil ? [] : try list { parser throws(Broken) in try parser.identifier("a check's name such as `luhn`") }
    var hits: [StringLiteral] = []
    var misses: [StringLiteral] = []
    while !at(.rightBrace), !at(.comma), next.punctuation != .colon, !startsNextDeclaration {
      let isHit = at(.hit)
      try grouped(.clause(rank: isHit ? 0 : 1)) { parser throws(Broken) in
        if !isHit { try parser.expect(.miss, "`hit` or `miss`", help: parser.orderOfPatternParts) } else { parser.advance() }
        parser.stop()
        let example = try parser.string("an example in quotes")
        if isHit { hits.append(example) } else { misses.append(example) }
      }
    }
    return PatternsSyntax.Pattern(
      name: name, regex: regex, weight: weight, family: family, checks: checks, hits: hits, misses: misses, range: range(from: start))
  }

  private var orderOfPatternParts: String? {
    at(.weight) || at(.family) || at(.valid) ? "behind the pattern stand `weight`, `family` and `valid`, in this order" : nil
  }

  mutating func filter() throws(Broken) -> FilterSyntax {
    let name = try declaredName("the filter's name", reserved: [.default])
    var targets: [Target] = []
    var places: [FilterSyntax.Place] = []
    var transforms: [FilterSyntax.Clause] = []
    var matches: [FilterSyntax.Clause] = []
    var lengths: [FilterSyntax.Clause] = []
    var binaries: [FilterSyntax.Clause] = []
    let words: [Keyword] = [.on, .in, .normalise, .strip, .decode, .match, .longer, .binary]
    try clauses(
      of: "a filter", words, repeatable: [.normalise, .strip, .decode, .match, .longer, .binary],
      ranks: [.strip: 3, .decode: 3]
    ) { parser, word throws(Broken) in
      switch word {
      case .on: targets = try parser.targets()
      case .in: places = try parser.list { parser throws(Broken) in try parser.place() }
      case .match: matches.append(try parser.match())
      case .longer: lengths.append(try parser.longer())
      case .binary: binaries.append(try parser.binary())
      default: transforms += try parser.transforms(word)
      }
    }
    guard !targets.isEmpty else {
      throw missing("`on`", of: "filter `\(name.text)`", help: "say whose output it reads: `on web.*`, or `on *.*` for all")
    }
    return FilterSyntax(name: name, targets: targets, places: places, clauses: transforms + matches + lengths + binaries)
  }

  private mutating func place() throws(Broken) -> FilterSyntax.Place {
    let start = position
    guard accept(.structured) != nil else { return .kind(try identifier("a place such as `text`")) }
    let path = current.kind == .string ? try string("a path") : nil
    return .structured(path, range(from: start))
  }

  /// `normalise unicode, strip invisible`: after a comma stands another word of the same step, or another step.
  private mutating func transforms(_ word: Keyword) throws(Broken) -> [FilterSyntax.Clause] {
    var clauses: [FilterSyntax.Clause] = []
    var step = word
    var start = position - 1
    var names = [try identifier("what to \(step.rawValue)")]
    while accept(.comma) != nil {
      if let keyword = current.keyword, keyword == .normalise || keyword == .strip || keyword == .decode {
        let end = lexemes[position - 2].range
        clauses.append(transform(step, names, lexemes[start].range.union(end)))
        start = position
        step = keyword
        advance()
        names = []
      }
      names.append(try identifier("what to \(step.rawValue)"))
    }
    return clauses + [transform(step, names, range(from: start))]
  }

  private func transform(_ step: Keyword, _ names: [Identifier], _ range: SourceRange) -> FilterSyntax.Clause {
    switch step {
    case .normalise: .normalise(names, range)
    case .strip: .strip(names, range)
    default: .decode(names, range)
    }
  }

  private mutating func match() throws(Broken) -> FilterSyntax.Clause {
    let start = position - 1
    let name = try dottedName("the name of patterns")
    let actions = try actions()
    return .match(name, actions, range(from: start))
  }

  private mutating func longer() throws(Broken) -> FilterSyntax.Clause {
    let start = position - 1
    try expect(.than)
    let size = try size("a size such as 64KiB")
    let actions = try actions()
    return .longerThan(size, actions, range(from: start))
  }

  private mutating func binary() throws(Broken) -> FilterSyntax.Clause {
    let start = position - 1
    let isExcept = accept(.not) != nil
    let types = isExcept || current.kind == .string ? try strings("a type in quotes, such as \"image/png\" or \"image/*\"") : []
    var size: Literal?
    if accept(.longer) != nil {
      try expect(.than)
      size = try self.size("a size such as 1MiB")
    }
    let actions = try actions()
    return .binary(.init(isExcept: isExcept, types: types, longerThan: size), actions, range(from: start))
  }

  private mutating func actions() throws(Broken) -> [FilterSyntax.Action] {
    stop()
    if at(.assign), next.isGlued, next.punctuation == .greater {
      let written = current.range.union(next.range)
      report(
        .foreignSyntax, "`=>` is not part of the language", written, "write `->`",
        fixes: [.init(title: "write `->`", edits: [.init(written, "->")])])
      advance()
      advance()
      return try list { parser throws(Broken) in try parser.action() }
    }
    try expect(.arrow, "`->` and what to do", help: "`match secrets -> redact`")
    return try list { parser throws(Broken) in try parser.action() }
  }

  private static let actionWords: [Keyword] = [.wrap, .redact, .remove, .truncate, .block, .label]

  private mutating func action() throws(Broken) -> FilterSyntax.Action {
    let start = position
    guard current.kind == .word else { throw unexpected("what to do", help: "wrap, redact, remove, truncate, block or label") }
    var word = current.keyword
    if word.map({ !Self.actionWords.contains($0) }) ?? true {
      let written = text(of: current)
      word = nearest(to: written, among: Self.actionWords.map(\.rawValue)).flatMap { Keyword.byText[$0] }
      guard let word else {
        report(
          .unknownWord, "`\(written)` is no action", current.range, "unknown action",
          help: "actions are wrap, redact, remove, truncate, block and label")
        throw Broken()
      }
      misspelt(current, as: word.rawValue)
    }
    advance()
    switch word {
    case .wrap: return .wrap(range(from: start))
    case .redact:
      let text = current.kind == .string ? try string("what stands in its place") : nil
      return .redact(text, range(from: start))
    case .remove: return .remove(range(from: start))
    case .truncate: return .truncate(range(from: start))
    case .block:
      let because = accept(.because) == nil ? nil : try string("the reason in quotes")
      return .block(because: because, range(from: start))
    default: return .label(try identifier("a label's name"))
    }
  }
}
