internal import Bytecode

/// A rule on one target, lowered.
struct LoweredRule {
  enum Effect: Hashable {
    /// In the layer with this place among those that contain grants.
    case grant(layer: Int)
    case deny, ask, shadow
  }

  let effect: Effect
  let planned: PlannedRule
  /// Values of a slot of which one is required for the condition to hold.
  let required: [UInt32: [UInt32]]
}

/// Sorts the rules of a target into groups and their buckets.
struct Grouping {
  private(set) var buckets = Buckets()
  private(set) var candidates: [Candidate] = []
  private var groups: UInt32 = 0

  /// Fewer rules are searched sooner than looked up.
  private static let worthwhile = 8

  private struct Place: Hashable {
    let agent: UInt32
    let pivot: Int
    let value: UInt32
  }

  /// `rules` in order of number. Shadow rules stay in one bucket, because all that hold are reported.
  mutating func group(_ rules: [LoweredRule], _ effect: LoweredRule.Effect) -> Group? {
    let rules = rules.filter { $0.effect == effect }
    if rules.isEmpty { return nil }
    var (pivots, assigned): ([UInt32], [Int?]) = ([], Array(repeating: nil, count: rules.count))
    if effect != .shadow { (pivots, assigned) = choosePivots(rules) }
    let number = groups
    groups += 1
    var places: [Place: [Candidate]] = [:]
    for (rule, pivot) in zip(rules, assigned) {
      let candidate = Candidate(rule: rule.planned.rule, chain: rule.planned.chain, expires: rule.planned.expires)
      for agent in rule.planned.agents ?? [Buckets.everyone] {
        if let pivot, let values = rule.required[pivots[pivot]] {
          for value in values { places[Place(agent: agent, pivot: pivot, value: value), default: []].append(candidate) }
        } else {
          places[Place(agent: agent, pivot: Buckets.unpivoted, value: 0), default: []].append(candidate)
        }
        if !pivots.isEmpty {
          places[Place(agent: agent, pivot: Buckets.unpivoted, value: Buckets.all), default: []].append(candidate)
        }
      }
    }
    for (place, members) in places {
      let first = candidates.count
      candidates += members
      buckets.insert(group: number, agent: place.agent, pivot: place.pivot, value: place.value, candidates: first..<candidates.count)
    }
    return Group(number: number, pivots: pivots, hasAgents: rules.contains { $0.planned.agents != nil })
  }

  /// The slots that most rules require one of few values of, one after another among the rules that are left.
  private func choosePivots(_ rules: [LoweredRule]) -> ([UInt32], [Int?]) {
    var pivots: [UInt32] = []
    var assigned: [Int?] = Array(repeating: nil, count: rules.count)
    while pivots.count < Buckets.pivots {
      var counts: [UInt32: Int] = [:]
      for (index, rule) in rules.enumerated() where assigned[index] == nil {
        for slot in rule.required.keys { counts[slot, default: 0] += 1 }
      }
      // Ties go to the slot that was numbered first, so that equal policies become equal programs.
      guard let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), best.value >= Grouping.worthwhile else { break }
      for (index, rule) in rules.enumerated() where assigned[index] == nil && rule.required[best.key] != nil {
        assigned[index] = pivots.count
      }
      pivots.append(best.key)
    }
    return (pivots, assigned)
  }
}
