internal import JSON
internal import Syntax
internal import Text

extension Checker {
  /// `now` against a date: a day is taken whole, so `now <= 2027-01-01` holds until its last moment.
  mutating func lowerMoment(_ predicate: Predicate, _ subject: Subject) -> Condition? {
    guard case .compare(let comparison, let operand) = predicate.test, case .literal(let literal) = operand.kind,
      case .moment(let moment) = literal.kind
    else {
      report(
        .typeMismatch, "`now` is compared with a date or a moment", predicate.range, "not a date",
        help: "write `now < 2027-01-01`, or test a field such as `now.hour in 9..17`")
      return nil
    }
    let start = Number(moment.milliseconds)
    let end = Number(moment.milliseconds + (moment.isDay ? millisecondsPerDay : 1))
    func atom(_ test: Atom.Test) -> Condition {
      .atom(Atom(quantifier: nil, subject: subject.fact, test: test, range: predicate.range))
    }
    note(subject)
    switch comparison {
    case .less: return atom(.less(start))
    case .lessOrEqual: return atom(.less(end))
    case .greater: return atom(.atLeast(end))
    case .greaterOrEqual: return atom(.atLeast(start))
    case .equal: return .all([atom(.atLeast(start)), atom(.less(end))])
    case .notEqual: return .any([atom(.less(start)), atom(.atLeast(end))])
    }
  }
}

/// What a claim's use says of its type, and where.
struct ClaimUse {
  let type: ClaimType
  let range: SourceRange
}

extension Checker {
  /// Notes that a claim is used as a type; false: another use says otherwise, which is reported.
  mutating func use(_ path: ClaimPath, as type: ClaimType, _ range: SourceRange) -> Bool {
    if let fixed = fixedClaimType(path), fixed != type {
      report(
        .claimConflict, "`\(path)` is \(fixed.noun), but is used as \(type.noun) here", range, "used as \(type.noun)",
        help: fixed == .listOfText ? "write `any of \(path) == \"…\"`" : "compare it with text")
      return false
    }
    guard let first = claimUses[path] else {
      claimUses[path] = ClaimUse(type: type, range: range)
      return true
    }
    if first.type == type { return true }
    report(
      .claimConflict, "`\(path)` is used as \(first.type.noun) and as \(type.noun)", range, "used as \(type.noun)",
      also: [.init(first.range, "used as \(first.type.noun)")],
      help: "a claim has one type; of another type it would silently equal nothing")
    return false
  }

  /// Claims whose type a standard says (RFC 7519, RFC 8693), and the facts of an API key.
  private func fixedClaimType(_ path: ClaimPath) -> ClaimType? {
    guard path.path.count == 1 else { return nil }
    switch (path.root, path.path[0]) {
    case (.token, "sub"), (.token, "client"), (.token, "iss"), (.key, "id"), (.key, "owner"): return .text
    case (.key, "tags"): return .listOfText
    default: return nil
    }
  }

  mutating func checkClaims() {
    parts.claims = claimUses.mapValues(\.type)
  }
}

extension ClaimType {
  var noun: String {
    switch self {
    case .text: "text"
    case .number: "a number"
    case .boolean: "true or false"
    case .listOfText: "a list of text"
    case .listOfNumber: "a list of numbers"
    case .listOfBoolean: "a list of true or false"
    }
  }
}
