package import JSON
package import Semantics

/// One call that shows something.
package struct Witness: Sendable {
  package enum Caller: Hashable, Sendable {
    /// As an operator names it.
    case named(String)
    /// By credentials that make the caller these agents.
    case verified([String])
  }

  package let target: Target
  package let caller: Caller
  package let claims: [ClaimPath: Value]
  /// An object.
  package let arguments: Value
  /// Names of labels that the session has.
  package let labels: [String]
  /// Milliseconds since 1970-01-01T00:00:00Z; nil when the time plays no part.
  package let moment: Int64?
  /// Whether there is such a call for certain: of what texts are as paths or URLs, some combinations are not shown to exist.
  package let isConfirmed: Bool

  /// A time for calls of which the time plays no part: a Monday morning.
  package static let anyMoment: Int64 = 1_767_607_200_000
}

extension Witness {
  /// The same, of which it is not certain that it is one.
  fileprivate var doubted: Witness {
    Witness(target: target, caller: caller, claims: claims, arguments: arguments, labels: labels, moment: moment, isConfirmed: false)
  }

  /// As a test that can be put into a policy.
  package func test(named name: String, expecting expectation: String) -> String {
    var lines = ["test \(quoted(name)) {"]
    if !labels.isEmpty { lines.append("  // The session has \(labels.joined(separator: ", ")); a test gets these by calls that set them.") }
    let given = claims.sorted { $0.key < $1.key }.filter { !$0.value.isNull }.map { "\($0.key) = \(sally($0.value))" }
    lines.append("  as \(callerText)" + (given.isEmpty ? "" : " with \(given.joined(separator: ", "))"))
    if let moment { lines.append("  at \(written(moment))") }
    lines.append("  call \(callText)")
    lines.append("  expect \(expectation)")
    return (lines + ["}"]).joined(separator: "\n")
  }

  /// `as NAME` makes a caller that agent; one that is several at once is the first of them here.
  package var callerText: String {
    switch caller {
    case .named(let name): name
    case .verified(let agents): agents.first ?? "anyone"
    }
  }

  /// `bank.transfer { amount: 200 }`
  package var callText: String {
    if target.kind == .resources { return "resource \(target.server) \(sally(arguments["uri"] ?? ""))" }
    return "\(target.description) \(sally(arguments))"
  }

  /// In one line, for people.
  package var line: String {
    var parts = ["as \(callerText)"]
    let given = claims.sorted { $0.key < $1.key }.filter { !$0.value.isNull }.map { "\($0.key) = \(sally($0.value))" }
    if !given.isEmpty { parts.append("with \(given.joined(separator: ", "))") }
    if let moment { parts.append("at \(written(moment))") }
    if !labels.isEmpty { parts.append("in a session that has \(labels.joined(separator: ", "))") }
    return (parts + ["call \(callText)"]).joined(separator: " ")
  }
}

/// A value as Sally writes it.
package func sally(_ value: Value) -> String {
  switch value {
  case .array(let elements): return "[\(elements.map(sally).joined(separator: ", "))]"
  case .object(let members):
    if members.isEmpty { return "{}" }
    return "{ \(members.map { "\(isPlain($0.name) ? $0.name : quoted($0.name)): \(sally($0.value))" }.joined(separator: ", ")) }"
  case .null, .boolean, .number, .string: return String(decoding: write(value), as: UTF8.self)
  }
}

private func isPlain(_ name: String) -> Bool {
  guard let first = name.unicodeScalars.first, first == "_" || ("a"..."z").contains(first) || ("A"..."Z").contains(first) else {
    return false
  }
  return name.unicodeScalars.allSatisfy {
    $0 == "_" || $0 == "-" || ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
  }
}

extension Decisions {
  /// A call in the function, by one of the callers that are told by name if there is one; nil: there is none.
  ///
  /// - Parameter side: the policy whose schema gives what no rule reads, and whose agents the caller is.
  mutating func witness(in function: Diagrams.Reference, side: Int) -> Witness? {
    for onlyConfirmed in [true, false] {
      var dead: Set<Diagrams.Reference> = []
      guard let path = path(in: function, onlyConfirmed, &dead) else { continue }
      let found = witness(path, side: side, isConfirmed: onlyConfirmed)
      // Facts that are compared with each other, and the parts of a moment, are looked at apart: what was put together is held to the whole.
      return value(of: function, for: facts(of: found, side: side)) == 1 ? found : found.doubted
    }
    return nil
  }

  private func facts(of witness: Witness, side: Int) -> CallFacts {
    var claims = witness.claims
    var caller = CallFacts.Caller.verified
    if case .named(let name) = witness.caller {
      caller = .named(name)
      claims = indices[side].policies.agents.first { $0.name == name }?.fixedClaims.mapValues(\.value) ?? [:]
    }
    return CallFacts(
      caller: caller, claims: claims, arguments: witness.arguments, labels: Set(witness.labels), moment: witness.moment ?? Witness.anyMoment
    )
  }

  /// The kind of each variable on a way to 1.
  private func path(
    in function: Diagrams.Reference, _ onlyConfirmed: Bool, _ dead: inout Set<Diagrams.Reference>
  ) -> [Int: Int]? {
    if let value = function.constant { return value == 1 ? [:] : nil }
    guard !dead.contains(function), let variable = diagrams.variable(of: function) else { return nil }
    let children = diagrams.children(of: function)
    // Named callers first: they are the ones a person can write.
    let order = space.variables[variable].key == .caller ? Array(children.indices.reversed()) : Array(children.indices)
    for kind in order where !onlyConfirmed || space.variables[variable].kinds[kind].isConfirmed {
      if var path = path(in: children[kind], onlyConfirmed, &dead) {
        path[variable] = kind
        return path
      }
    }
    dead.insert(function)
    return nil
  }

  private func witness(_ path: [Int: Int], side: Int, isConfirmed: Bool) -> Witness {
    let index = indices[side]
    var claims: [ClaimPath: Value] = [:]
    var labels: [String] = []
    var members: [Value.Member] = []
    var isConfirmed = isConfirmed
    var (date, hour, minute): (Int64?, Int64?, Int64?) = (nil, nil, nil)
    let shape = index.shape(of: target)
    var caller = 0
    for (place, variable) in space.variables.enumerated() {
      // What plays no part is absent where it can be, and known to exist.
      let kind = path[place] ?? variable.kinds.firstIndex { $0.isConfirmed && $0.isValid[side] } ?? 0
      if case .caller = variable.key {
        caller = kind
        continue
      }
      let chosen = variable.kinds[kind]
      isConfirmed = isConfirmed && chosen.isConfirmed
      let moment = chosen.value?.number?.integer.map { Int64($0) }
      switch variable.key {
      case .claim(let path): if let value = chosen.value { claims[path] = value }
      case .label(let name): if chosen.value == true { labels.append(name) }
      case .date: date = moment
      case .hour: hour = moment
      case .minute: minute = moment
      case .argument(let name): if let value = chosen.value { members.append(.init(name.text, value)) }
      case .address: if let value = chosen.value { members.append(.init("uri", value)) }
      case .caller, .sameness: break
      }
    }
    for property in shape?.properties ?? [] where property.isRequired && !members.contains(where: { $0.name.exact == property.name.exact })
    {
      members.append(.init(property.name, property.isNullable ? .null : sample(property.shape)))
    }
    equate(path, caller, &claims, &members)
    members.sort { $0.name.exact < $1.name.exact }
    let named = caller > 0 ? callers[caller][0] : nil
    return Witness(
      target: target, caller: named.map { .named($0) } ?? .verified(agents(claims, index.policies)), claims: named == nil ? claims : [:],
      arguments: .object(members), labels: labels, moment: moment(date, hour, minute), isConfirmed: isConfirmed)
  }

  private func moment(_ date: Int64?, _ hour: Int64?, _ minute: Int64?) -> Int64? {
    guard hour != nil || minute != nil else { return date }
    // A moment that is known to the millisecond has its own time of day.
    let day = Day(containing: date ?? Witness.anyMoment).start
    return day + (hour ?? 0) + (minute ?? 0)
  }

  /// Makes facts equal, or not, that are compared with each other: a claim follows the argument.
  private func equate(_ path: [Int: Int], _ caller: Int, _ claims: inout [ClaimPath: Value], _ members: inout [Value.Member]) {
    for (place, variable) in space.variables.enumerated() {
      guard case .sameness(let sameness) = variable.key, let kind = path[place] else { continue }
      func value(_ fact: Fact) -> Value? {
        switch fact {
        case .claim(let path): return claims[path]
        case .argument(let path):
          var value: Value? = .object(members)
          for case .member(let name) in path.steps { value = value?[name] }
          return value
        default: return nil
        }
      }
      guard let left = value(sameness.facts[0]), let right = value(sameness.facts[1]) else { continue }
      guard case .claim(let claim) = sameness.facts[1] else { continue }
      if kind == 1 {
        claims[claim] = left
      } else if left == right {
        switch right {
        case .string(let text): claims[claim] = .string(text + "x")
        case .number(let number): if let next = try? sum(number, 1) { claims[claim] = .number(next) }
        default: break
        }
      }
    }
  }

  /// The agents that these claims make a caller.
  private func agents(_ claims: [ClaimPath: Value], _ policies: CheckedPolicies) -> [String] {
    var judging = Judging()
    return policies.agents.filter { judging.holds($0.condition, claims) }.map(\.name)
  }
}

extension Judging {
  /// Whether a condition over claims holds; what cannot be told does not.
  mutating func holds(_ condition: Condition, _ claims: [ClaimPath: Value], negated: Bool = false) -> Bool {
    switch condition {
    case .constant(let value): return value != negated
    case .not(let inner): return holds(inner, claims, negated: !negated)
    case .all(let parts), .any(let parts):
      let isAll = if case .all = condition { !negated } else { negated }
      for part in parts where holds(part, claims, negated: negated) != isAll { return !isAll }
      return isAll
    case .atom(let atom):
      let division = Division(atom)
      func value(_ fact: Fact) -> Value? { if case .claim(let path) = fact { claims[path] } else { nil } }
      if let sameness = division.sameness {
        let (left, right) = (value(sameness.facts[0]), value(sameness.facts[1]))
        return (left != nil && left == right) != negated
      }
      var outcomes: [Outcome] = []
      for part in division.parts { outcomes.append(outcome(part, value(part.subject))) }
      switch Outcome.any(outcomes) {
      case .undecided: return false
      case .yes: return division.isNegated == negated
      case .no: return division.isNegated != negated
      }
    }
  }
}
