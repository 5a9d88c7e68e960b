internal import JSON
internal import Semantics

/// What a function of calls can depend on.
enum VariableKey: Hashable {
  /// Its credentials say who the caller is, or its operator does.
  case caller
  case claim(ClaimPath)
  case label(String)
  /// The day, with all fields of the calendar; the time of day, apart.
  case date, hour, minute
  /// An argument of the tool, with all that lies in it.
  case argument(ExactText)
  /// Of the resource.
  case address
  case sameness(Sameness)

  init(_ test: Elementary) {
    if test.address != nil {
      self = .address
      return
    }
    switch test.subject {
    case .argument(let path), .length(let path), .host(let path), .scheme(let path):
      guard case .member(let name)? = path.steps.first else { preconditionFailure("a path begins with a member") }
      self = .argument(name.exact)
    case .claim(let path): self = .claim(path)
    case .clock(.hour): self = .hour
    case .clock(.minute): self = .minute
    case .clock: self = .date
    case .label(let name): self = .label(name)
    }
  }

  /// Whether it is an argument that is one of few texts.
  func isListed(_ shapes: [ObjectShape]) -> Bool {
    guard case .argument(let name) = self else { return false }
    return shapes.allSatisfy { shape in
      guard case .text(let text)? = shape[name.text]?.shape else { return false }
      return text.allowed.map { $0.count <= 64 } ?? false
    }
  }

  /// Earlier ones are asked first; then by text.
  fileprivate var order: (Int, ExactText) {
    switch self {
    case .caller: (0, "".exact)
    case .claim(let path): (1, path.description.exact)
    case .label(let name): (2, name.exact)
    case .date: (3, "".exact)
    case .hour: (4, "".exact)
    case .minute: (5, "".exact)
    case .argument(let name): (6, name)
    case .address: (7, "".exact)
    case .sameness(let sameness): (8, sameness.text.exact)
    }
  }
}

/// Values of one variable that no test tells apart, and one of them.
struct Kind {
  /// Nil: absent. Of the clock: milliseconds since 1970, of the day or within it.
  let value: Value?
  /// By test of the variable.
  let outcomes: [Outcome]
  /// Whether there is such a value for certain.
  let isConfirmed: Bool
  /// By policy: whether its schema and refinements take it.
  let isValid: [Bool]
}

struct Variable {
  let key: VariableKey
  /// In order of text.
  let tests: [Elementary]
  /// Numbers in ascending order, after absence; of other values, any.
  let kinds: [Kind]
}

/// One side of a question about a target: what a policy's snapshot and refinements say of its arguments.
struct Side {
  let shape: ObjectShape
  let refinement: CheckedPolicies.Refinement?
  let claims: [ClaimPath: ClaimType]
}

/// The variables that some conditions on one target read, and their kinds of values.
struct Space {
  private(set) var variables: [Variable] = []
  private(set) var places: [VariableKey: Int] = [:]
  private var numbers: [Elementary: Int] = [:]

  func number(of test: Elementary) -> (variable: Int, test: Int)? {
    guard let variable = places[VariableKey(test)], let number = numbers[test] else { return nil }
    return (variable, number)
  }

  /// - Parameter callers: how many kinds of callers there are.
  init(_ divisions: [Division], _ sides: [Side], callers: Int) throws(TooLarge) {
    var tests: [VariableKey: Set<Elementary>] = [:]
    var samenesses: Set<Sameness> = []
    for division in divisions {
      for part in division.parts { tests[VariableKey(part), default: []].insert(part) }
      if let sameness = division.sameness { samenesses.insert(sameness) }
    }
    var constraints: [ArgumentPath: [Constraint]] = [:]
    for side in sides { for field in side.refinement?.fields ?? [] { constraints[field.path, default: []] += field.constraints } }
    var maker = CandidateMaker(constraints: constraints)
    let fittings = sides.map { side in
      Fitting(
        constraints: Dictionary((side.refinement?.fields ?? []).map { ($0.path, $0.constraints) }, uniquingKeysWith: { first, _ in first }))
    }
    for (key, tests) in tests {
      let sorted = tests.sorted { $0.text.exact < $1.text.exact }
      let candidates = try Self.candidates(key, sorted, sides, &maker)
      guard candidates.count * sorted.count <= Self.mostOutcomes else { throw TooLarge() }
      let kinds = Self.kinds(candidates, sorted, key, sides, fittings, &maker.judging)
      guard kinds.count <= Self.mostKinds else { throw TooLarge() }
      variables.append(Variable(key: key, tests: sorted, kinds: kinds))
    }
    let plain = Kind(value: nil, outcomes: [], isConfirmed: true, isValid: sides.map { _ in true })
    variables += samenesses.map { Variable(key: .sameness($0), tests: [], kinds: [plain, plain]) }
    variables.append(Variable(key: .caller, tests: [], kinds: [Kind](repeating: plain, count: callers)))
    variables.sort { $0.key.order < $1.key.order }
    for (index, variable) in variables.enumerated() {
      places[variable.key] = index
      for (number, test) in variable.tests.enumerated() { numbers[test] = number }
    }
  }

  private static let mostKinds = 8_192
  /// Tests of values: a second's work.
  private static let mostOutcomes = 2_000_000

  private static func candidates(
    _ key: VariableKey, _ tests: [Elementary], _ sides: [Side], _ maker: inout CandidateMaker
  ) throws(TooLarge) -> [Candidate] {
    switch key {
    case .caller, .sameness: return []
    case .label: return [Candidate(value: false), Candidate(value: true)]
    case .hour: return (0..<24).map { Candidate(value: .number(Number($0 * 3_600_000))) }
    case .minute: return (0..<60).map { Candidate(value: .number(Number($0 * 60_000))) }
    case .address:
      var addresses = try AddressCandidates(tests)
      return try addresses.all()
    case .date: return try dates(tests).map { Candidate(value: .number(Number($0))) }
    case .claim(let path):
      let types = Set(sides.compactMap { $0.claims[path] })
      let placed = tests.map { Placed(elementary: $0, steps: []) }
      let found = try maker.candidates(types.isEmpty ? [.unknown] : types.map(\.shape), placed, mayBeAbsent: true, at: [.member("")])
      // A value of another type passes no test but the one for its presence.
      let other = tests.contains { if case .present = $0.test { true } else { false } } ? [Candidate(value: .object([]))] : []
      return found + other
    case .argument(let name):
      let properties = sides.map { $0.shape[name.text] }
      let placed = tests.map { Placed(elementary: $0, steps: ($0.subject.argument?.steps ?? []).dropFirst()) }
      return try maker.candidates(properties, placed, at: [.member(name.text)])
    }
  }

  private static func kinds(
    _ candidates: [Candidate], _ tests: [Elementary], _ key: VariableKey, _ sides: [Side], _ fittings: [Fitting], _ judging: inout Judging
  ) -> [Kind] {
    struct Identity: Hashable {
      let outcomes: [Outcome]
      let isValid: [Bool]
      /// Numbers stay apart, so that sets of them are intervals.
      let number: Number?
      /// So do the few texts that a schema lists.
      let text: ExactText?
    }
    let isListed = key.isListed(sides.map(\.shape))
    var kinds: [Kind] = []
    var seen: Set<Identity> = []
    for candidate in candidates.filter(\.isConfirmed) + candidates.filter({ !$0.isConfirmed }) {
      let outcomes = tests.map { candidate.forced[$0] ?? judging.outcome($0, candidate.value) }
      var isValid = sides.map { _ in true }
      if case .argument(let name) = key {
        for (index, side) in sides.enumerated() {
          let fitting = candidate.isConfirmed ? fittings[index] : Fitting(constraints: [:])
          isValid[index] = fitting.takes(side.shape[name.text], candidate.value, at: [.member(name.text)], &judging)
        }
      }
      let identity = Identity(
        outcomes: outcomes, isValid: isValid, number: key.isOfClock ? nil : candidate.value?.number,
        text: isListed ? candidate.value?.string?.exact : nil)
      // What no side takes is denied by all.
      guard isValid.contains(true),
        seen.insert(identity).inserted
      else { continue }
      kinds.append(Kind(value: candidate.value, outcomes: outcomes, isConfirmed: candidate.isConfirmed, isValid: isValid))
    }
    return kinds
  }

  /// Moments of which one stands for each combination of what is asked of the calendar.
  private static func dates(_ tests: [Elementary]) throws(TooLarge) -> [Int64] {
    var moments: [Int64] = [Witness.anyMoment, 0]
    var years: Set<Int64> = []
    var fields: Set<ClockField> = []
    for test in tests {
      guard case .clock(let field) = test.subject else { continue }
      fields.insert(field)
      for number in test.test.numbers {
        guard let whole = number.integer else { continue }
        if field == .moment { moments += [Int64(whole) - 1, Int64(whole)] }
        if field == .year { years.formUnion([Int64(whole) - 1, Int64(whole), Int64(whole) + 1]) }
      }
    }
    guard fields != [.moment] else { return moments.filter { $0 >= 0 } }
    for moment in moments { years.insert(ClockField.year.value(at: moment)) }
    years = years.filter { (1_970...9_999).contains($0) }
    // Weeks and leap years come again after 28 years.
    guard let first = years.min(), let last = years.max(), last - first < 400 else { throw TooLarge() }
    let from = Day(year: first, month: 1, day: 1).number
    let to = Day(year: min(last + 28, 9_999), month: 12, day: 31).number
    return moments.filter { $0 >= 0 } + (from...to).map { Day(number: $0).start }
  }
}

extension ClaimType {
  fileprivate var shape: ValueShape {
    switch self {
    case .text: .text(TextShape())
    case .number: .number(NumberShape())
    case .boolean: .boolean(nil)
    case .listOfText: .array(ArrayShape(element: .text(TextShape()), isElementNullable: true))
    case .listOfNumber: .array(ArrayShape(element: .number(NumberShape()), isElementNullable: true))
    case .listOfBoolean: .array(ArrayShape(element: .boolean(nil), isElementNullable: true))
    }
  }
}
