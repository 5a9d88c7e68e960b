internal import Enforcement
package import JSON

/// What replays count. Summaries of parts of a recording add up to that of the whole.
package struct ReplaySummary: Sendable, Equatable {
  /// Decisions that differ in the same way.
  package struct Change: Hashable, Sendable {
    package let server: String
    package let subject: String
    package let agent: String
    package let before: String
    package let after: String
    package let kind: Kind
  }

  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case newlyAllowed = "newly-allowed"
    case newlyDenied = "newly-denied"
    /// As before the server gets it, or does not; the rule or the reason is another one.
    case otherwise = "otherwise"
  }

  package struct Gap: Hashable, Sendable {
    package let server: String
    package let subject: String
    package let missing: String
  }

  /// How often, and the first line of it.
  package struct Count: Hashable, Sendable {
    package var count = 0
    package var first = 0

    mutating func add(_ other: Count) {
      first = count == 0 ? other.first : other.count == 0 ? first : min(first, other.first)
      count += other.count
    }
  }

  package var calls = 0
  package var answers = 0
  package var lists = 0
  package var same = 0
  /// Not decided by a policy.
  package var carried = 0
  /// Of which no decision is known.
  package var undecided = 0
  package var lost = 0
  package var changes: [Change: Count] = [:]
  package var gaps: [Gap: Count] = [:]
  /// Decisions by outcome, and by rule.
  package var outcomes: [String: Int] = [:]
  package var rules: [String: Int] = [:]
  package var findings: [String: Int] = [:]

  package init() {}

  package var changed: Int { changes.values.reduce(0) { $0 + $1.count } }
  package var unreplayable: Int { gaps.values.reduce(0) { $0 + $1.count } }
  package func count(of kind: Kind) -> Int { changes.filter { $0.key.kind == kind }.values.reduce(0) { $0 + $1.count } }

  /// - Parameters:
  ///   - before: what is compared with: the recording, or another policy's decision on it.
  ///   - line: of the recording.
  package mutating func add(_ step: ReplayStep, before: ReplayedDecision?, line: Int) {
    if step.isCarried {
      carried += 1
      return
    }
    switch step.kind {
    case .call: calls += 1
    case .answer: answers += 1
    case .list: lists += 1
    case .note: return
    }
    for finding in step.findings { findings[finding.name, default: 0] += finding.count }
    if let missing = step.missing {
      gaps[Gap(server: step.server, subject: step.subject, missing: missing), default: Count()].add(Count(count: 1, first: line))
      return
    }
    guard let after = step.replayed else { return }
    if step.kind == .call {
      outcomes[ReplaySummary.outcome(of: after), default: 0] += 1
      if let rule = after.rule { rules[rule, default: 0] += 1 }
    }
    guard let before else {
      undecided += 1
      return
    }
    if before == after {
      same += 1
      return
    }
    let kind: Kind = before.reachesServer == after.reachesServer ? .otherwise : after.reachesServer ? .newlyAllowed : .newlyDenied
    let change = Change(
      server: step.server, subject: step.kind == .answer ? "\(step.subject) (answer)" : step.subject, agent: step.agent,
      before: before.words, after: after.words, kind: kind)
    changes[change, default: Count()].add(Count(count: 1, first: line))
  }

  package static func outcome(of decision: ReplayedDecision) -> String {
    decision.outcome == .denied && decision.code == "RATE_LIMITED" ? "limited" : decision.outcome.rawValue
  }

  package mutating func merge(_ other: ReplaySummary) {
    calls += other.calls
    answers += other.answers
    lists += other.lists
    same += other.same
    carried += other.carried
    undecided += other.undecided
    lost += other.lost
    for (change, count) in other.changes { changes[change, default: Count()].add(count) }
    for (gap, count) in other.gaps { gaps[gap, default: Count()].add(count) }
    outcomes.merge(other.outcomes, uniquingKeysWith: +)
    rules.merge(other.rules, uniquingKeysWith: +)
    findings.merge(other.findings, uniquingKeysWith: +)
  }

  /// Those that come most often first, then by where they came first.
  package var sortedChanges: [(change: Change, count: Count)] {
    changes.map { ($0.key, $0.value) }.sorted { ($1.1.count, $0.1.first) < ($0.1.count, $1.1.first) }
  }

  package var sortedGaps: [(gap: Gap, count: Count)] {
    gaps.map { ($0.key, $0.value) }.sorted { ($1.1.count, $0.1.first) < ($0.1.count, $1.1.first) }
  }
}

extension ReplaySummary {
  /// The same for the same counts, whatever order they came in.
  package var json: Value {
    func number(_ count: Int) -> Value { .number(Number(count)) }
    func table(_ counts: [String: Int]) -> Value {
      .object(counts.sorted { $0.key < $1.key }.map { Value.Member($0.key, number($0.value)) })
    }
    let changes: [Value] = sortedChanges.map { change, count in
      [
        "server": .string(change.server), "subject": .string(change.subject), "agent": .string(change.agent),
        "before": .string(change.before), "after": .string(change.after), "kind": .string(change.kind.rawValue),
        "count": number(count.count), "firstLine": number(count.first),
      ]
    }
    let gaps: [Value] = sortedGaps.map { gap, count in
      [
        "server": .string(gap.server), "subject": .string(gap.subject), "missing": .string(gap.missing), "count": number(count.count),
        "firstLine": number(count.first),
      ]
    }
    return [
      "version": 1, "calls": number(calls), "answers": number(answers), "lists": number(lists), "same": number(same),
      "changed": number(changed), "newlyAllowed": number(count(of: .newlyAllowed)), "newlyDenied": number(count(of: .newlyDenied)),
      "unreplayable": number(unreplayable), "carried": number(carried), "undecided": number(undecided), "lost": number(lost),
      "outcomes": table(outcomes), "rules": table(rules), "findings": table(findings), "changes": .array(changes), "gaps": .array(gaps),
    ]
  }

  /// Nil: it is no summary of this version.
  package init?(_ value: Value) {
    guard value["version"] == 1 else { return nil }
    func integer(_ value: Value?) -> Int { value?.number.flatMap { Int($0.description) } ?? 0 }
    func table(_ value: Value?) -> [String: Int] {
      Dictionary((value?.members ?? []).map { ($0.name, integer($0.value)) }, uniquingKeysWith: +)
    }
    calls = integer(value["calls"])
    answers = integer(value["answers"])
    lists = integer(value["lists"])
    same = integer(value["same"])
    carried = integer(value["carried"])
    undecided = integer(value["undecided"])
    lost = integer(value["lost"])
    outcomes = table(value["outcomes"])
    rules = table(value["rules"])
    findings = table(value["findings"])
    for entry in value["changes"]?.elements ?? [] {
      let change = Change(
        server: entry["server"]?.string ?? "", subject: entry["subject"]?.string ?? "", agent: entry["agent"]?.string ?? "",
        before: entry["before"]?.string ?? "", after: entry["after"]?.string ?? "",
        kind: Kind(rawValue: entry["kind"]?.string ?? "") ?? .otherwise)
      changes[change, default: Count()].add(Count(count: integer(entry["count"]), first: integer(entry["firstLine"])))
    }
    for entry in value["gaps"]?.elements ?? [] {
      let gap = Gap(server: entry["server"]?.string ?? "", subject: entry["subject"]?.string ?? "", missing: entry["missing"]?.string ?? "")
      gaps[gap, default: Count()].add(Count(count: integer(entry["count"]), first: integer(entry["firstLine"])))
    }
  }
}
