internal import JSON
internal import Semantics

/// A value that stands for all that pass and fail the same tests.
struct Candidate {
  /// Nil: absent.
  var value: Value?
  /// What tests come to that the value itself does not show.
  var forced: [Elementary: Outcome] = [:]
  /// Whether there is such a value for certain.
  var isConfirmed = true
}

/// A test of something within a value, and the way there.
struct Placed {
  let elementary: Elementary
  let steps: ArraySlice<ArgumentPath.Step>
}

/// Makes candidates of values: never fewer kinds than there are.
struct CandidateMaker {
  var judging = Judging()
  /// What refinements of any of the policies ask beyond the shape.
  let constraints: [ArgumentPath: [Constraint]]

  private enum Limits {
    /// Combinations of members, kinds of arrays.
    static let combinations = 4_096
    static let arrays = 1_024
    /// Elements or characters of a value that is made.
    static let longest = 20_000
  }

  /// - Parameter shapes: that the value has in one of the policies or another.
  mutating func candidates(
    _ shapes: [ValueShape], _ tests: [Placed], mayBeAbsent: Bool, at path: [ArgumentPath.Step]
  ) throws(TooLarge) -> [Candidate] {
    var found = mayBeAbsent ? [Candidate(value: .none)] : []
    let texts = shapes.compactMap { if case .text(let shape) = $0 { shape } else { nil } }
    let numbers = shapes.compactMap { if case .number(let shape) = $0 { shape } else { nil } }
    let arrays = shapes.compactMap { if case .array(let shape) = $0 { shape } else { nil } }
    let objects = shapes.compactMap { if case .object(let shape) = $0 { shape } else { nil } }
    if !texts.isEmpty {
      var maker = TextCandidateMaker(judging: judging, constraints: constraints[ArgumentPath(path)] ?? [])
      found += try maker.candidates(texts, tests.map(\.elementary))
      judging = maker.judging
    }
    if !numbers.isEmpty {
      var constants = Set(tests.flatMap(\.elementary.test.numbers))
      for shape in numbers {
        constants.formUnion(shape.allowed ?? [])
        constants.formUnion([shape.minimum?.value, shape.maximum?.value].compactMap(\.self))
      }
      found += try representatives(of: numbers, constants: constants).map { Candidate(value: .number($0)) }
    }
    if shapes.contains(where: { if case .boolean = $0 { true } else { false } }) {
      found += [Candidate(value: .boolean(false)), Candidate(value: .boolean(true))]
    }
    if !arrays.isEmpty { found += try self.arrays(arrays, tests, at: path) }
    if !objects.isEmpty { found += try self.objects(objects, tests, at: path) }
    // Only its presence can be asked; of which type a value of the server's own may be is not known.
    if shapes.contains(.unknown) { found.append(Candidate(value: .string("a"))) }
    return found
  }

  /// Of a member of an object, in one of the policies or another.
  mutating func candidates(
    _ properties: [ObjectShape.Property?], _ tests: [Placed], at path: [ArgumentPath.Step]
  ) throws(TooLarge) -> [Candidate] {
    var found = try candidates(Array(Set(properties.compactMap { $0?.shape })), tests, mayBeAbsent: false, at: path)
    // Where a schema wants it there, `null` is how it is absent.
    let present = properties.compactMap(\.self)
    if present.contains(where: { $0.isRequired && $0.isNullable }) { found.insert(Candidate(value: .some(.null)), at: 0) }
    if present.count < properties.count || present.contains(where: { !$0.isRequired }) {
      found.insert(Candidate(value: .none), at: 0)
    }
    return found
  }

  // MARK: Objects

  private mutating func objects(
    _ shapes: [ObjectShape], _ tests: [Placed], at path: [ArgumentPath.Step]
  ) throws(TooLarge) -> [Candidate] {
    var names: [String] = []
    for case .member(let name)? in tests.map(\.steps.first) where !names.contains(where: { $0.exact == name.exact }) { names.append(name) }
    var found = [Candidate(value: .object([]))]
    for name in names {
      let properties = shapes.map { $0[name] }
      let inner = tests.filter { $0.steps.first == .member(name) }.map { Placed(elementary: $0.elementary, steps: $0.steps.dropFirst()) }
      let parts = distinct(try candidates(properties, inner, at: path + [.member(name)]), inner)
      guard found.count * parts.count <= Limits.combinations else { throw TooLarge() }
      found = found.flatMap { whole in
        parts.map { part in
          var whole = whole
          if let value = part.value { whole.value = whole.value?.adding(name, value) }
          whole.forced.merge(part.forced) { $1 }
          whole.isConfirmed = whole.isConfirmed && part.isConfirmed
          return whole
        }
      }
    }
    // What no rule reads is there as the schema wants it.
    return found.map { candidate in
      var candidate = candidate
      for property in shapes.first?.properties ?? []
      where property.isRequired && !names.contains(where: { $0.exact == property.name.exact }) {
        candidate.value = candidate.value?.adding(property.name, sample(property.shape))
      }
      return candidate
    }
  }

  /// One of each kind, the best known first.
  private mutating func distinct(_ candidates: [Candidate], _ tests: [Placed]) -> [Candidate] {
    var seen: Set<[Outcome]> = []
    var kept: [Candidate] = []
    for candidate in candidates.filter(\.isConfirmed) + candidates.filter({ !$0.isConfirmed }) {
      // A value that one schema takes and another does not is a kind of its own, and so is a list; they are few.
      let isPlain = constraints.isEmpty && candidate.value?.number == nil && !tests.contains { $0.steps.contains(.elements) }
      if isPlain, !seen.insert(tests.map { outcome($0, candidate) }).inserted { continue }
      kept.append(candidate)
    }
    return kept
  }

  private mutating func outcome(_ test: Placed, _ candidate: Candidate) -> Outcome {
    if let forced = candidate.forced[test.elementary] { return forced }
    // The way to the value is behind us.
    var value = candidate.value
    for case .member(let name) in test.steps { value = value?[name] }
    return judging.element(test.elementary, value ?? .null, steps: [])
  }

  // MARK: Arrays

  private struct Signature: Hashable {
    var outcomes: [Outcome]

    mutating func formUnion(_ other: Signature) {
      for index in outcomes.indices { outcomes[index] = Outcome.any([outcomes[index], other.outcomes[index]]) }
    }
  }

  private mutating func arrays(
    _ shapes: [ArrayShape], _ tests: [Placed], at path: [ArgumentPath.Step]
  ) throws(TooLarge) -> [Candidate] {
    let quantified = tests.filter { $0.elementary.element != nil }
    // A claim's path has no step for its elements.
    let inner = quantified.map { Placed(elementary: $0.elementary, steps: $0.steps.first == .elements ? $0.steps.dropFirst() : $0.steps) }
    let elements =
      quantified.isEmpty
      ? [Candidate(value: sample(shapes[0].element))]
      : try candidates(
        Array(Set(shapes.map(\.element))), inner, mayBeAbsent: shapes.contains(where: \.isElementNullable), at: path + [.elements])
    // The smallest array of each kind: elements of one more kind after another.
    var kinds: [(signature: Signature, elements: [Value], isConfirmed: Bool)] = [
      (Signature(outcomes: quantified.map { _ in .no }), [], true)
    ]
    var single: [Signature: (value: Value, isConfirmed: Bool)] = [:]
    for element in elements {
      let value = element.value ?? .null
      let outcomes = inner.map { test -> Outcome in
        if let forced = element.forced[test.elementary] { return test.elementary.element == .fails ? forced.negated : forced }
        return judging.element(test.elementary, value, steps: test.steps)
      }
      let signature = Signature(outcomes: outcomes)
      if !(single[signature]?.isConfirmed ?? false) { single[signature] = (value, element.isConfirmed) }
    }
    var seen: Set<[Outcome]> = []
    // Empty and filled are told apart even when no test of an element does.
    var index = 0
    while index < kinds.count {
      for (signature, element) in single.sorted(by: { write($0.value.value).lexicographicallyPrecedes(write($1.value.value)) }) {
        var next = kinds[index]
        next.signature.formUnion(signature)
        guard seen.insert(next.signature.outcomes).inserted else { continue }
        next.elements.append(element.value)
        next.isConfirmed = next.isConfirmed && element.isConfirmed
        kinds.append(next)
        guard kinds.count <= Limits.arrays else { throw TooLarge() }
      }
      index += 1
    }
    return try lengthened(kinds, shapes, tests, quantified)
  }

  /// Each kind in each class of length: what is there already can be repeated.
  private func lengthened(
    _ kinds: [(signature: Signature, elements: [Value], isConfirmed: Bool)], _ shapes: [ArrayShape], _ tests: [Placed],
    _ quantified: [Placed]
  ) throws(TooLarge) -> [Candidate] {
    var bounds: Set<Int> = [0]
    for shape in shapes {
      bounds.insert(shape.minimumCount)
      if let maximum = shape.maximumCount { bounds.insert(maximum + 1) }
    }
    for test in tests where test.elementary.subject.isLength { bounds.formUnion(try lengthBounds(test.elementary.test)) }
    let sorted = bounds.sorted()
    var found: [Candidate] = []
    for kind in kinds {
      for (index, lower) in sorted.enumerated() {
        let upper = index + 1 < sorted.count ? sorted[index + 1] - 1 : .max
        let count = max(lower, kind.elements.count)
        guard count <= upper, count == 0 || !kind.elements.isEmpty else { continue }
        guard count <= Limits.longest else { throw TooLarge() }
        let padding = kind.elements.last.map { [Value](repeating: $0, count: count - kind.elements.count) } ?? []
        found.append(
          Candidate(
            value: .array(kind.elements + padding),
            forced: Dictionary(zip(quantified.map(\.elementary), kind.signature.outcomes)) { $1 }, isConfirmed: kind.isConfirmed))
      }
    }
    return found
  }
}

extension Fact {
  var isLength: Bool { if case .length = self { true } else { false } }
}

/// Where lengths begin that pass, or no longer pass, a test.
func lengthBounds(_ test: Atom.Test) throws(TooLarge) -> [Int] {
  var bounds: [Int] = []
  for number in test.numbers where number >= 0 {
    if let whole = number.integer, whole < 1 << 40 {
      bounds += [whole, whole + 1]
      continue
    }
    // Between whole numbers: the one above.
    guard let fixed = number.fixed, fixed.exponent < 0, fixed.exponent > -19 else { throw TooLarge() }
    let scale = (0..<(-fixed.exponent)).reduce(Int64(1)) { scale, _ in scale * 10 }
    bounds.append(Int(fixed.coefficient / scale) + 1)
  }
  return bounds
}

extension Value {
  fileprivate func adding(_ name: String, _ value: Value) -> Value {
    guard case .object(let members) = self else { return self }
    return .object(members + [Member(name, value)])
  }
}

/// A value that a shape takes, as far as the shape tells.
func sample(_ shape: ValueShape) -> Value {
  switch shape {
  case .text(let text):
    return .string(text.allowed?.first ?? String(repeating: "a", count: min(max(text.minimumLength, 1), 10_000)))
  case .number(let number):
    let constants = Set([number.minimum?.value, number.maximum?.value].compactMap(\.self))
    let all = (try? representatives(of: [number], constants: constants)) ?? []
    return .number(all.first { number.takes($0) } ?? 1)
  case .boolean(let only): return .boolean(only ?? false)
  case .array(let array): return .array([Value](repeating: sample(array.element), count: min(array.minimumCount, 1_000)))
  case .object(let object):
    return .object(object.properties.filter(\.isRequired).map { .init($0.name, $0.isNullable ? .null : sample($0.shape)) })
  case .unknown: return .string("a")
  }
}
