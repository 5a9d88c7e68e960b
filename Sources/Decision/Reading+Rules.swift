internal import Bytecode
internal import JSON

extension Reading {
  /// The grant to report when every layer that contains grants has one.
  func grant(
    _ agents: Span<UInt32>, whenUnknown: Bool, _ document: Document, _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) -> RuleNumber? {
    var best: RuleNumber?
    for index in grants.indices {
      guard let group = grants[index], let rule = first(in: group, agents, whenUnknown: whenUnknown, document, &cells, &scratch) else {
        return nil
      }
      best = min(best ?? rule, rule)
    }
    return best
  }

  /// The rule with the smallest number that holds, among those of a group that speak of everyone or of one of the agents.
  func first(
    in group: Tables.FlatGroup, _ agents: Span<UInt32>, whenUnknown: Bool, _ document: Document, _ cells: inout MutableSpan<Cell>,
    _ scratch: inout Scratch
  ) -> RuleNumber? {
    var best = RuleNumber(.max)
    visit(group, Buckets.everyone, whenUnknown, &best, document, &cells, &scratch)
    if group.hasAgents {
      for index in agents.indices { visit(group, agents[index], whenUnknown, &best, document, &cells, &scratch) }
    }
    return best.index == .max ? nil : best
  }

  private func visit(
    _ group: Tables.FlatGroup, _ agent: UInt32, _ whenUnknown: Bool, _ best: inout RuleNumber, _ document: Document,
    _ cells: inout MutableSpan<Cell>, _ scratch: inout Scratch
  ) {
    if (isListing || scratch.recalled.isActive) && group.pivotCount > 0 {
      let bucket = buckets.bucket(group: group.number, agent: agent, pivot: Buckets.unpivoted, value: Buckets.all)
      return search(bucket, whenUnknown, &best, document, &cells, &scratch)
    }
    let bucket = buckets.bucket(group: group.number, agent: agent, pivot: Buckets.unpivoted, value: 0)
    search(bucket, whenUnknown, &best, document, &cells, &scratch)
    for pivot in 0..<group.pivotCount {
      let value = cells[Int(group.pivots[pivot])].value
      if value == Cell.absent { continue }
      let bucket = buckets.bucket(group: group.number, agent: agent, pivot: pivot, value: value)
      search(bucket, whenUnknown, &best, document, &cells, &scratch)
    }
  }

  /// Candidates stand in order of number, so the first that holds ends the search.
  private func search(
    _ bucket: Range<Int>, _ whenUnknown: Bool, _ best: inout RuleNumber, _ document: Document, _ cells: inout MutableSpan<Cell>,
    _ scratch: inout Scratch
  ) {
    for index in bucket {
      let candidate = candidates[index]
      if candidate.rule >= best { return }
      if now < candidate.expires, holds(candidate.chain, whenUnknown: whenUnknown, document, &cells, &scratch) {
        best = candidate.rule
        return
      }
    }
  }

  func collectShadows(
    _ group: Tables.FlatGroup, into shadowed: inout [RuleNumber], _ document: Document, _ cells: inout MutableSpan<Cell>,
    _ scratch: inout Scratch
  ) {
    for index in buckets.bucket(group: group.number, agent: Buckets.everyone, pivot: Buckets.unpivoted, value: 0) {
      let candidate = candidates[index]
      if holds(candidate.chain, whenUnknown: true, document, &cells, &scratch) { shadowed.append(candidate.rule) }
    }
  }
}
