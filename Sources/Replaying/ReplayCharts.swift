/// What is drawn of a replay: counts over time, in at most so many steps of equal length, whatever the recording's length.
package struct ReplayCharts: Sendable {
  package static let steps = 96

  package struct Step: Sendable {
    /// By outcome: allowed, denied, limited, asked, waits.
    package var outcomes: [String: Int] = [:]
    package var findings = 0
    /// By limit: the least that was left, of what it holds.
    package var left: [String: Double] = [:]

    mutating func merge(_ other: Step) {
      outcomes.merge(other.outcomes, uniquingKeysWith: +)
      findings += other.findings
      left.merge(other.left, uniquingKeysWith: min)
    }
  }

  package private(set) var start: Int64?
  /// Of a step, in milliseconds.
  package private(set) var width: Int64 = 100
  package private(set) var steps: [Step] = []
  package private(set) var limits: Set<String> = []

  package init() {}

  mutating func add(_ step: ReplayStep) {
    guard !step.isCarried, step.kind == .call || step.kind == .answer else { return }
    let start = self.start ?? step.milliseconds
    self.start = start
    // Clocks go back now and then.
    var place = Int(max(0, step.milliseconds - start) / width)
    while place >= ReplayCharts.steps {
      width *= 2
      steps = stride(from: 0, to: steps.count, by: 2).map { index in
        var merged = steps[index]
        if index + 1 < steps.count { merged.merge(steps[index + 1]) }
        return merged
      }
      place = Int(max(0, step.milliseconds - start) / width)
    }
    while steps.count <= place { steps.append(Step()) }
    if step.kind == .call, let decision = step.replayed {
      steps[place].outcomes[ReplaySummary.outcome(of: decision), default: 0] += 1
    }
    for finding in step.findings { steps[place].findings += finding.count }
    for limit in step.limits {
      limits.insert(limit.limit)
      steps[place].left[limit.limit] = min(steps[place].left[limit.limit] ?? 1, limit.left)
    }
  }
}
