internal import Compilation
internal import JSON
internal import Semantics

// Which way limits and filters go, as far as their parts tell.

/// Of several changes of one thing.
private func together(_ parts: [(direction: Comparison.Direction, words: String)]) -> (Comparison.Direction, String) {
  let directions = Set(parts.map(\.direction))
  let words = parts.map(\.words).joined(separator: ", ")
  guard !parts.isEmpty, !directions.contains(.unknown) else { return (.unknown, words.isEmpty ? "changed" : words) }
  return (directions.count == 1 ? parts[0].direction : .mixed, words)
}

func limitChange(_ name: String, _ old: CheckedPolicies, _ new: CheckedPolicies) -> (Comparison.Direction, String) {
  func limit(_ policies: CheckedPolicies) -> CheckedPolicies.Limit? {
    policies.limits.first { $0.name.exact == name.exact && !$0.isShadow }
  }
  guard let before = limit(old) else { return (.narrower, "added") }
  guard let after = limit(new) else { return (.wider, "removed") }
  guard before.measure == after.measure else { return (.unknown, "measures something else") }
  var parts = amountChange(before, after).map { [$0] } ?? []
  if let change = setChange(Set(old.targets(before.targets)), Set(new.targets(after.targets)), "target") { parts.append(change) }
  // Balances that are shared by more calls are used up sooner.
  let (keys, otherKeys) = (Set(before.keys), Set(after.keys))
  if keys != otherKeys {
    let direction: Comparison.Direction =
      keys.isSubset(of: otherKeys) ? .wider : otherKeys.isSubset(of: keys) ? .narrower : .unknown
    parts.append((direction, "counted by something else"))
  }
  if case .cost = after.measure, let change = costChange(before, after, old, new) { parts.append(change) }
  switch (before.overflow, after.overflow) {
  case (.deny, .wait): parts.append((.wider, "waits where it refused"))
  case (.wait, .deny): parts.append((.narrower, "refuses where it waited"))
  case (.wait(let one), .wait(let other)) where one != other:
    parts.append((other > one ? .wider : .narrower, "waits \(one) ms -> \(other) ms"))
  case (.deny, .deny), (.wait, .wait): break
  }
  return together(parts)
}

private func amountChange(
  _ before: CheckedPolicies.Limit, _ after: CheckedPolicies.Limit
) -> (direction: Comparison.Direction, words: String)? {
  let (amount, burst) = (after.amount, after.burst ?? after.amount)
  let (oldAmount, oldBurst) = (before.amount, before.burst ?? before.amount)
  let isSamePeriod = before.period == after.period
  if isSamePeriod, amount == oldAmount, burst == oldBurst { return nil }
  let amounts = amount == oldAmount ? [] : ["\(oldAmount) -> \(amount)"]
  let bursts = burst == oldBurst || (burst == amount && oldBurst == oldAmount) ? [] : ["burst \(oldBurst) -> \(burst)"]
  let words = (amounts + bursts + (isSamePeriod ? [] : ["another period"])).joined(separator: ", ")
  var (isLess, isMore) = (amount <= oldAmount, amount >= oldAmount)
  if !isSamePeriod {
    guard case .rolling(let period) = after.period, case .rolling(let oldPeriod) = before.period else { return (.unknown, words) }
    (isLess, isMore) = (isLess && period >= oldPeriod, isMore && period <= oldPeriod)
  }
  if isLess, burst <= oldBurst { return (.narrower, words) }
  if isMore, burst >= oldBurst { return (.wider, words) }
  return (isSamePeriod ? .mixed : .unknown, words)
}

private func costChange(
  _ before: CheckedPolicies.Limit, _ after: CheckedPolicies.Limit, _ old: CheckedPolicies, _ new: CheckedPolicies
) -> (direction: Comparison.Direction, words: String)? {
  func costs(_ limit: CheckedPolicies.Limit, _ policies: CheckedPolicies) -> [Target: Number] {
    Dictionary(limit.targets.tools.map { (policies.target($0), policies.costs[$0] ?? 1) }, uniquingKeysWith: { first, _ in first })
  }
  let (was, now) = (costs(before, old), costs(after, new))
  let changed = was.keys.filter { target in now[target].map { $0 != was[target] } ?? false }.sorted()
  guard !changed.isEmpty else { return nil }
  let directions = Set(changed.map { target in (now[target] ?? 1) > (was[target] ?? 1) })
  let words = changed.prefix(3).map { "cost \($0.description) \(was[$0] ?? 1) -> \(now[$0] ?? 1)" }
  let more = changed.count > 3 ? ["\(changed.count - 3) more costs"] : []
  return (directions.count > 1 ? .mixed : directions.contains(true) ? .narrower : .wider, (words + more).joined(separator: ", "))
}

/// Of something that narrows, and more of which narrows more; nil: nothing changed.
private func setChange<Part: Hashable>(
  _ old: Set<Part>, _ new: Set<Part>, _ noun: String
) -> (direction: Comparison.Direction, words: String)? {
  let (added, removed) = (new.subtracting(old).count, old.subtracting(new).count)
  if added == 0, removed == 0 { return nil }
  let words = [(added, "+"), (removed, "-")].filter { $0.0 > 0 }.map { "\($0.1)\($0.0) \(noun)\($0.0 == 1 ? "" : "s")" }
  return (removed == 0 ? .narrower : added == 0 ? .wider : .mixed, words.joined(separator: " "))
}

func filterChange(_ name: String, _ old: CheckedPolicies, _ new: CheckedPolicies) -> (Comparison.Direction, String) {
  func filter(_ policies: CheckedPolicies) -> CanonicalFilter? {
    policies.filters.first { $0.name.exact == name.exact && !$0.isShadow }.map { CanonicalFilter($0, of: policies) }
  }
  guard let before = filter(old) else { return (.narrower, "added") }
  guard let after = filter(new) else { return (.wider, "removed") }
  var parts = [
    setChange(before.findings, after.findings, "pattern"), setChange(before.targets, after.targets, "target"),
  ].compactMap(\.self)
  if before.manner != after.manner { parts.append((.unknown, "reads otherwise")) }
  let (direction, words) = together(parts)
  // A label may open something as well as close it.
  return (before.setsLabels || after.setsLabels ? .unknown : direction, words)
}
