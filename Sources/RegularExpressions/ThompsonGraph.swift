/// An expression as nodes joined by steps that read nothing (Thompson 1968), counted repetitions written out.
struct ThompsonGraph {
  enum Node {
    case accept
    /// Reads one character of these kinds.
    case read(KindSet, next: Int)
    /// Goes on at any of them.
    case split([Int])
    case assertion(Assertion, next: Int)
    /// Goes on if the next character, or the end, is one of these.
    case ahead(KindSet, next: Int)
    /// The head of an unbounded loop. A body that can match nothing must not come round again without having read something: PCRE2 then
    /// leaves the loop.
    case loop(body: Int, exit: Int, canBeEmpty: Bool)
  }

  private(set) var nodes: [Node] = [.accept]
  let start: Int
  /// Whether the automaton accepts exactly what PCRE2 does. Otherwise an atomic group or a possessive repetition was read as one that
  /// gives back, and more is accepted.
  let isExact: Bool

  init(_ expression: Expression, mode: MatchMode, alphabet: Alphabet) {
    var builder = Builder(alphabet: alphabet)
    let everything = Expression.repetition(.any(lineFeed: true), Quantifier(0, nil, .lazy))
    var next = 0
    if mode == .search { next = builder.build(everything, next: next) }
    next = builder.build(expression, next: next)
    if mode == .search { next = builder.build(everything, next: next) }
    nodes = builder.nodes
    start = next
    isExact = builder.isExact
  }

  /// As above, but the search stops where a match ends instead of reading the rest.
  init(stoppingAtMatch expression: Expression, mode: MatchMode, alphabet: Alphabet) {
    var builder = Builder(alphabet: alphabet)
    var next = 0
    if mode == .whole {
      next = builder.build(.assertion(.textEnd), next: next)
    }
    next = builder.build(expression, next: next)
    if mode == .search { next = builder.build(.repetition(.any(lineFeed: true), Quantifier(0, nil, .lazy)), next: next) }
    nodes = builder.nodes
    start = next
    isExact = builder.isExact
  }

  private struct Builder {
    let alphabet: Alphabet
    var nodes: [Node] = [.accept]
    var isExact = true

    mutating func add(_ node: Node) -> Int {
      nodes.append(node)
      return nodes.count - 1
    }

    /// Nodes for a part that goes on at `next`; returns where it begins.
    mutating func build(_ expression: Expression, next: Int) -> Int {
      switch expression {
      case .empty: return next
      case .literal, .characterClass, .any: return add(.read(alphabet.kinds(in: expression.scalars), next: next))
      case .assertion(let assertion): return add(.assertion(assertion, next: next))
      case .sequence(let parts): return parts.reversed().reduce(next) { build($1, next: $0) }
      case .choice(let parts): return add(.split(parts.map { build($0, next: next) }))
      case .group(let inner, let kind):
        if kind == .atomic && !inner.isSingleCharacter { isExact = false }
        return build(inner, next: next)
      case .repetition(let inner, let quantifier): return repetition(inner, quantifier, next: next)
      }
    }

    private mutating func repetition(_ inner: Expression, _ quantifier: Quantifier, next: Int) -> Int {
      // A possessive run of one set is left only where that set does not go on.
      var leave: KindSet?
      if quantifier.kind == .possessive {
        if inner.isSingleCharacter {
          var others = alphabet.kinds { _ in true }
          others.subtract(alphabet.kinds(in: inner.scalarsWithin))
          leave = quantifier.minimum == quantifier.maximum ? nil : others
        } else {
          isExact = false
        }
      }
      let exit = leave.map { add(.ahead($0, next: next)) } ?? next
      let nullable = inner.width.minimum == 0
      var entry: Int
      if let maximum = quantifier.maximum {
        entry = next
        for _ in 0..<(maximum - quantifier.minimum) {
          let body = build(inner, next: entry)
          entry = add(.split([body, exit]))
        }
      } else {
        let head = add(.loop(body: 0, exit: exit, canBeEmpty: nullable))
        let body = build(inner, next: head)
        nodes[head] = .loop(body: body, exit: exit, canBeEmpty: nullable)
        // The loop's own body serves as the last round that must be, unless it could be gone through without reading.
        let shared = quantifier.minimum > 0 && !nullable
        entry = shared ? body : head
        return (0..<quantifier.minimum - (shared ? 1 : 0)).reduce(entry) { entry, _ in build(inner, next: entry) }
      }
      return (0..<quantifier.minimum).reduce(entry) { entry, _ in build(inner, next: entry) }
    }
  }
}

extension Expression {
  /// Whether every match is one character, found without a choice.
  var isSingleCharacter: Bool {
    switch self {
    case .literal, .characterClass, .any: true
    case .group(let inner, _): inner.isSingleCharacter
    default: false
    }
  }

  /// The characters of a part that is a single character, in groups or not.
  var scalarsWithin: ScalarSet {
    if case .group(let inner, _) = self { return inner.scalarsWithin }
    return scalars
  }

  /// The sets of all parts that read a character.
  var characterSets: Set<ScalarSet> {
    switch self {
    case .literal, .characterClass, .any: return [scalars]
    case .empty, .assertion: return []
    case .sequence(let parts), .choice(let parts): return parts.reduce(into: []) { $0.formUnion($1.characterSets) }
    case .group(let inner, _), .repetition(let inner, _): return inner.characterSets
    }
  }

  var hasAssertions: Bool {
    switch self {
    case .assertion: true
    case .empty, .literal, .characterClass, .any: false
    case .sequence(let parts), .choice(let parts): parts.contains(where: \.hasAssertions)
    case .group(let inner, _), .repetition(let inner, _): inner.hasAssertions
    }
  }
}
