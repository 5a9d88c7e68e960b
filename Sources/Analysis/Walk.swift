internal import JSON
internal import Semantics

/// One call as a decision looks at it.
struct CallFacts {
  enum Caller {
    case named(String)
    case verified
  }

  let caller: Caller
  /// With those that a named agent's condition fixes.
  let claims: [ClaimPath: Value]
  /// An object.
  let arguments: Value
  let labels: Set<String>
  /// Milliseconds since 1970-01-01T00:00:00Z.
  let moment: Int64
}

extension Decisions {
  /// What a function is for one call; nil when the call is of no kind that the space has.
  func value(of function: Diagrams.Reference, for call: CallFacts) -> Int? {
    var judging = Judging()
    var function = function
    while function.constant == nil, let place = diagrams.variable(of: function) {
      guard let kind = kind(of: space.variables[place], for: call, &judging) else { return nil }
      function = diagrams.children(of: function)[kind]
    }
    return function.constant
  }

  /// Whether the arguments are what the policy's schema says, those too that no rule reads.
  func fits(_ call: CallFacts, side: Int) -> Bool {
    var judging = Judging()
    for property in indices[side].shape(of: target)?.properties ?? [] {
      let path = [ArgumentPath.Step.member(property.name)]
      if !Fitting(constraints: [:]).takes(property, call.arguments[property.name], at: path, &judging) { return false }
    }
    return true
  }

  /// The variables of which a call is of no kind.
  func strange(_ call: CallFacts) -> [String] {
    var judging = Judging()
    return space.variables.filter { kind(of: $0, for: call, &judging) == nil }.map { "\($0.key) \($0.tests.map(\.text))" }
  }

  private func kind(of variable: Variable, for call: CallFacts, _ judging: inout Judging) -> Int? {
    let value: Value?
    switch variable.key {
    case .caller:
      switch call.caller {
      case .verified: return 0
      case .named(let name): return callers.firstIndex { $0.contains(name) }
      }
    case .sameness(let sameness):
      let (left, right) = (self.value(of: sameness.facts[0], in: call), self.value(of: sameness.facts[1], in: call))
      return left != nil && left == right ? 1 : 0
    case .claim(let path): value = call.claims[path]
    case .label(let name): value = .boolean(call.labels.contains(name))
    case .address:
      let outcomes = AddressJudging(variable.tests).outcomes(call.arguments["uri"]?.string)
      return variable.kinds.firstIndex { $0.outcomes == outcomes }
    case .date, .hour, .minute: value = .number(Number(call.moment))
    case .argument(let name):
      let own = call.arguments[name.text]
      // Of a type that no schema says, `null` is a value as any other.
      let isUnknown = indices.contains { $0.shape(of: target)?[name.text]?.shape == .unknown }
      value = own?.isNull == true && isUnknown ? .string("a") : own
    }
    let outcomes = variable.tests.map { judging.outcome($0, value) }
    var fitting: [Bool]?
    if case .argument(let name) = variable.key {
      fitting = indices.map { index in
        Fitting(constraints: [:]).takes(index.shape(of: target)?[name.text], value, at: [.member(name.text)], &judging)
      }
    }
    return variable.kinds.firstIndex { $0.outcomes == outcomes && (fitting == nil || $0.isValid == fitting) }
  }

  private func value(of fact: Fact, in call: CallFacts) -> Value? {
    switch fact {
    case .claim(let path): return call.claims[path].flatMap { $0.isNull ? nil : $0 }
    case .argument(let path):
      var value: Value? = call.arguments
      for case .member(let name) in path.steps { value = value?[name] }
      return value.flatMap { $0.isNull ? nil : $0 }
    default: return nil
    }
  }
}
