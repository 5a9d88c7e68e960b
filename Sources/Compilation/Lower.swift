internal import Bytecode
internal import JSON
internal import Patterns
internal import Semantics
internal import Text

/// Turns conditions into chains of instructions.
struct Lowering {
  private(set) var code: [Instruction] = []
  private(set) var pool = Pool()
  private(set) var patterns: [Pattern] = []
  private var patternNumbers: [TextPattern: UInt32] = [:]
  private var lists: [[ExactText]: Range<UInt32>] = [:]

  struct Lowered {
    /// Nil: never holds.
    var chain: Chain?
    /// For each instruction the index of its atom.
    var atoms: [UInt32]
    /// Values of a slot of which one is required for the condition to hold.
    var required: [UInt32: [UInt32]]
  }

  /// A way out while a chain is written back to front: the places of what follows are known.
  private enum Way {
    case accept, reject
    /// Counted from the end of the chain.
    case instruction(Int)

    func distance(from place: Int) -> UInt32 {
      switch self {
      case .accept: Instruction.accept
      case .reject: Instruction.reject
      case .instruction(let other): UInt32(place - other)
      }
    }
  }

  mutating func lower(_ condition: Normal, _ layout: Layout) throws(Rejected) -> Lowered {
    if case .constant(let value) = condition { return Lowered(chain: value ? .always : nil, atoms: [], required: [:]) }
    var reversed: [(instruction: Instruction, atom: Int)] = []
    _ = try emit(condition, whenTrue: .accept, whenFalse: .reject, layout, &reversed)
    let start = UInt32(code.count)
    code += reversed.reversed().map(\.instruction)
    var required: [UInt32: [UInt32]] = [:]
    for literal in condition.required {
      guard let (slot, values) = try few(literal, layout), values.count < required[slot]?.count ?? .max else { continue }
      required[slot] = values
    }
    return Lowered(
      chain: Chain(start: start, count: UInt32(reversed.count)), atoms: reversed.reversed().map { UInt32($0.atom) }, required: required)
  }

  private mutating func emit(
    _ condition: Normal, whenTrue: Way, whenFalse: Way, _ layout: Layout, _ out: inout [(instruction: Instruction, atom: Int)]
  ) throws(Rejected) -> Way {
    switch condition {
    case .constant: preconditionFailure("a constant is the whole condition")
    case .literal(let literal):
      var instruction = try self.instruction(literal, layout)
      instruction.whenTrue = whenTrue.distance(from: out.count)
      instruction.whenFalse = whenFalse.distance(from: out.count)
      out.append((instruction, literal.index))
      return .instruction(out.count - 1)
    case .all(let parts):
      var next = whenTrue
      for part in parts.reversed() { next = try emit(part, whenTrue: next, whenFalse: whenFalse, layout, &out) }
      return next
    case .any(let parts):
      var next = whenFalse
      for part in parts.reversed() { next = try emit(part, whenTrue: whenTrue, whenFalse: next, layout, &out) }
      return next
    }
  }

  private mutating func instruction(_ literal: Normal.Literal, _ layout: Layout) throws(Rejected) -> Instruction {
    let atom = literal.atom
    let slot = layout.slot(SlotKey(subjectOf: atom))
    let (operation, lower, upper) = try test(atom, layout)
    // `any` of the elements fail is `not all` pass, and so on: elements are only ever tested for passing.
    let (quantifier, isNegated): (Bytecode.Quantifier, Bool) =
      switch (atom.quantifier?.kind, atom.quantifier?.negated ?? false) {
      case (nil, _): (.one, false)
      case (.any, false): (.any, false)
      case (.any, true): (.all, true)
      case (.all, false): (.all, false)
      case (.all, true): (.any, true)
      case (.some(.none), false): (.any, true)
      case (.some(.none), true): (.all, false)
      }
    return Instruction(
      operation, quantifier: quantifier, isNegated: isNegated != literal.isNegated, slot: slot, lower: lower, upper: upper)
  }

  private mutating func test(_ atom: Atom, _ layout: Layout) throws(Rejected) -> (Operation, UInt32, UInt32) {
    let key = SlotKey(subjectOf: atom)
    if case .clock(let field) = key, field != .moment { return among(clockValues(field, atom.test)) }
    switch atom.test {
    case .equals(let constant): return equality([constant], key, layout)
    case .isIn(let constants): return equality(constants, key, layout)
    case .less(let number): return (.inInterval, 1, layout.value(number, key) - 1)
    case .atMost(let number): return (.inInterval, 1, layout.value(number, key))
    case .greater(let number): return (.inInterval, layout.value(number, key) + 1, Lowering.highest)
    case .atLeast(let number): return (.inInterval, layout.value(number, key), Lowering.highest)
    case .between(let lower, let upper):
      return (.inInterval, lower.map { layout.value($0, key) } ?? 1, upper.map { layout.value($0, key) } ?? Lowering.highest)
    case .startsWith(let texts): return texted(.startsWith, texts)
    case .endsWith(let texts): return texted(.endsWith, texts)
    case .contains(let texts): return texted(.contains, texts)
    case .under(let directories):
      return texted(.under, try directories.map { directory throws(Rejected) in try normalPath(directory, at: atom.range) })
    case .hostIn(let hosts): return texted(.hostIn, try hosts.map { host throws(Rejected) in try normalHost(host, at: atom.range) })
    case .matches(let pattern): return (.matches, try number(of: pattern, atom), 0)
    case .present: return (.inInterval, 1, Lowering.highest)
    case .isTrue: return (.inInterval, 2, 2)
    case .sameAs(let other):
      let other = SlotKey(other, isQuantified: false)
      return (layout.form(key) == .number ? .sameNumber : .sameText, layout.slot(other), 0)
    }
  }

  /// Above every value a cell of a known fact can have.
  private static let highest = UInt32.max / 2

  private mutating func equality(_ constants: [Constant], _ key: SlotKey, _ layout: Layout) -> (Operation, UInt32, UInt32) {
    return among(values(constants, key, layout))
  }

  private func values(_ constants: [Constant], _ key: SlotKey, _ layout: Layout) -> Set<UInt32> {
    Set(
      constants.map { constant in
        switch constant {
        case .text(let text): layout.value(text, key)
        case .number(let number): layout.value(number, key)
        case .boolean(let boolean): boolean ? 2 : 1
        }
      })
  }

  /// Membership in a set of a cell's values.
  private mutating func among(_ values: Set<UInt32>) -> (Operation, UInt32, UInt32) {
    guard let least = values.min(), let greatest = values.max() else { return (.inInterval, 1, 0) }
    if Int(greatest - least) + 1 == values.count { return (.inInterval, least, greatest) }
    let (word, bits) = pool.add(set: values)
    return (.inSet, word, bits)
  }

  private mutating func texted(_ operation: Operation, _ texts: [String]) -> (Operation, UInt32, UInt32) {
    let range = lists[texts.exact] ?? pool.add(texts.map { Array($0.utf8) })
    lists[texts.exact] = range
    return (operation, range.lowerBound, range.upperBound)
  }

  private mutating func number(of pattern: TextPattern, _ atom: Atom) throws(Rejected) -> UInt32 {
    if let known = patternNumbers[pattern] { return known }
    let made = try compiled(pattern, at: atom.range)
    patternNumbers[pattern] = UInt32(patterns.count)
    patterns.append(made)
    return UInt32(patterns.count - 1)
  }
}

extension Lowering {
  /// The slot and the values of which a literal requires one, when they are few and no other slot has to be computed first.
  private func few(_ literal: Normal.Literal, _ layout: Layout) throws(Rejected) -> (UInt32, [UInt32])? {
    let key = SlotKey(subjectOf: literal.atom)
    guard !literal.isNegated, literal.atom.quantifier == nil, [.text, .number].contains(layout.form(key)) else { return nil }
    switch literal.atom.test {
    case .equals(let constant): return (layout.slot(key), Array(values([constant], key, layout)))
    case .isIn(let constants) where constants.count <= Lowering.fewest: return (layout.slot(key), values(constants, key, layout).sorted())
    default: return nil
    }
  }

  /// A rule stands in a bucket for each value, so a set beyond this is searched like any other test.
  private static let fewest = 16

  /// The cells of a clock field, whose values are whole and few, that a test holds for.
  private func clockValues(_ field: Semantics.ClockField, _ test: Atom.Test) -> Set<UInt32> {
    let domain =
      switch field {
      case .weekday: 1...7
      case .hour: 0...23
      case .minute: 0...59
      case .day: 1...31
      case .month: 1...12
      case .year: 0...9_999
      case .moment: preconditionFailure("a moment is no field")
      }
    return Set(domain.filter { holds(test, Number($0)) }.map { UInt32($0) + 1 })
  }

  private func holds(_ test: Atom.Test, _ value: Number) -> Bool {
    switch test {
    case .equals(let constant): constant == .number(value)
    case .isIn(let constants): constants.contains(.number(value))
    case .less(let number): value < number
    case .atMost(let number): value <= number
    case .greater(let number): value > number
    case .atLeast(let number): value >= number
    case .between(let lower, let upper): (lower.map { $0 <= value } ?? true) && (upper.map { value <= $0 } ?? true)
    case .present: true
    case .startsWith, .endsWith, .contains, .under, .hostIn, .matches, .isTrue, .sameAs:
      preconditionFailure("clock fields are numbers")
    }
  }
}

/// As the evaluator writes paths. The checker refuses what has no such form; should the two ever disagree, the policy is refused here.
private func normalPath(_ text: String, at range: SourceRange) throws(Rejected) -> String {
  var out: [UInt8] = []
  guard appendNormalPath(Array(text.utf8).span, to: &out) else {
    throw Rejected([Diagnostic(.badText, "`\(text)` names no folder", at: Diagnostic.Label(range, "it has no normal form"))])
  }
  return String(decoding: out, as: UTF8.self)
}

/// As the evaluator writes hosts. What can be no URL's host is refused: a rule on it would never fire.
func normalHost(_ pattern: HostPattern, at range: SourceRange) throws(Rejected) -> String {
  // Any label below it tells what it is: `*.1.2.3` would be an address, of which no part is below another.
  let (name, label, start) =
    switch pattern {
    case .exactly(let name): (name, "", "")
    case .below(let name): (name, "x.", "*.")
    }
  var out: [UInt8] = []
  guard appendHostName(Array((label + name).utf8).span, to: &out) else {
    throw Rejected([
      Diagnostic(
        .badText, "`\(start)\(name)` is no host", at: Diagnostic.Label(range, "no URL has such a host"),
        help: "write a name such as `\"docs.acme.example\"`, or an address in its usual form")
    ])
  }
  return start + String(decoding: out.dropFirst(label.utf8.count), as: UTF8.self)
}

/// A pattern that has to match a whole value.
func compiled(_ pattern: TextPattern, at range: SourceRange) throws(Rejected) -> Pattern {
  do {
    return try Pattern(pattern.source, caseless: pattern.caseInsensitive, mode: .whole, longestText: pattern.longestText)
  } catch {
    throw Rejected([Diagnostic(.patternTooLarge, "this pattern cannot be compiled", at: Diagnostic.Label(range, error.message))])
  }
}
