internal import JSON

/// Which members and elements subschemas look at, as far as that is known before there is an instance. Where it is known,
/// `unevaluatedProperties` is an `additionalProperties` over more names, and nothing has to be recorded while validating.
struct Evaluation {
  private let subschemas: [Subschema]
  private var marking: [Int: Bool] = [:]

  init(_ subschemas: [Subschema]) { self.subschemas = subschemas }

  struct Members {
    var names: [String] = []
    var patterns: [TextMatcher] = []
    var all = false
  }

  struct Elements {
    var prefix = 0
    var all = false
  }

  /// Whether applying the subschema may mark anything as evaluated.
  mutating func marks(_ schema: Int) -> Bool {
    if let known = marking[schema] { return known }
    // A cycle adds nothing to what its other parts mark; cycles in place are refused anyway.
    marking[schema] = false
    var pending = [schema]
    var seen: Set = [schema]
    var result = false
    while let next = pending.popLast(), !result {
      for constraint in subschemas[next].constraints {
        switch constraint {
        case .properties, .items, .unevaluatedItems, .unevaluatedProperties: result = true
        case .contains(let rule): result = result || rule.evaluates
        default:
          for other in constraint.schemasInPlace where seen.insert(other).inserted { pending.append(other) }
        }
      }
    }
    marking[schema] = result
    return result
  }

  /// The members that a subschema evaluates whatever the instance is; nil: that depends on the instance.
  mutating func members(of schema: Int, isBody: Bool = true, depth: Int = 0) -> Members? {
    guard depth < 16 else { return nil }
    var result = Members()
    for constraint in subschemas[schema].constraints {
      switch constraint {
      case .properties(let rules):
        result.names += rules.named.map(\.name)
        result.patterns += rules.patterns.map(\.matcher)
        if rules.additional != nil { result.all = true }
      case .unevaluatedProperties: if !isBody { result.all = true }
      case .reference(let target):
        guard let found = members(of: target, isBody: false, depth: depth + 1) else { return nil }
        result.add(found)
      case .allOf(let schemas):
        for schema in schemas {
          guard let found = members(of: schema, isBody: false, depth: depth + 1) else { return nil }
          result.add(found)
        }
      case .not: break
      default:
        for other in constraint.schemasInPlace where marks(other) { return nil }
      }
    }
    return result
  }

  /// The elements that a subschema evaluates whatever the instance is; nil: that depends on the instance.
  mutating func elements(of schema: Int, isBody: Bool = true, depth: Int = 0) -> Elements? {
    guard depth < 16 else { return nil }
    var result = Elements()
    for constraint in subschemas[schema].constraints {
      switch constraint {
      case .items(let rules):
        result.prefix = max(result.prefix, rules.prefix.count)
        if rules.rest != nil { result.all = true }
      case .contains(let rule): if rule.evaluates { return nil }
      case .unevaluatedItems: if !isBody { result.all = true }
      case .reference(let target):
        guard let found = elements(of: target, isBody: false, depth: depth + 1) else { return nil }
        result.add(found)
      case .allOf(let schemas):
        for schema in schemas {
          guard let found = elements(of: schema, isBody: false, depth: depth + 1) else { return nil }
          result.add(found)
        }
      case .not: break
      default:
        for other in constraint.schemasInPlace where marks(other) { return nil }
      }
    }
    return result
  }
}

extension Evaluation.Members {
  fileprivate mutating func add(_ other: Self) {
    names += other.names
    patterns += other.patterns
    all = all || other.all
  }
}

extension Evaluation.Elements {
  fileprivate mutating func add(_ other: Self) {
    prefix = max(prefix, other.prefix)
    all = all || other.all
  }
}

extension Constraint {
  /// The subschemas that are applied to the same value.
  var schemasInPlace: [Int] {
    switch self {
    case .reference(let schema), .not(let schema): [schema]
    case .allOf(let schemas), .anyOf(let schemas), .oneOf(let schemas): schemas
    case .conditional(let condition, let then, let otherwise): [condition] + [then, otherwise].compactMap(\.self)
    case .dependentSchemas(let rules): rules.map(\.schema)
    default: []
    }
  }
}

/// Finds subschemas that lead back to themselves without descending into the value: applying one would not end.
struct EndlessReferences {
  private enum Colour { case white, grey, black }

  private struct Visit {
    let schema: Int
    let children: [Int]
    var next = 0
  }

  private var colours: [Colour]
  private let subschemas: [Subschema]

  static func exist(in subschemas: [Subschema]) -> Bool {
    var search = EndlessReferences(colours: Array(repeating: .white, count: subschemas.count), subschemas: subschemas)
    for root in subschemas.indices where search.colours[root] == .white {
      if search.findsCycle(from: root) { return true }
    }
    return false
  }

  /// Depth first with a stack of its own: chains may be as long as a schema has subschemas.
  private mutating func findsCycle(from root: Int) -> Bool {
    var stack = [enter(root)]
    while !stack.isEmpty {
      let last = stack.count - 1
      guard stack[last].next < stack[last].children.count else {
        colours[stack[last].schema] = .black
        stack.removeLast()
        continue
      }
      let child = stack[last].children[stack[last].next]
      stack[last].next += 1
      if colours[child] == .grey { return true }
      if colours[child] == .white { stack.append(enter(child)) }
    }
    return false
  }

  private mutating func enter(_ schema: Int) -> Visit {
    colours[schema] = .grey
    return Visit(schema: schema, children: subschemas[schema].constraints.flatMap(\.schemasInPlace))
  }
}
