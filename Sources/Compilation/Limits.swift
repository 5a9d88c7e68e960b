internal import Bytecode
internal import JSON
internal import Quotas
internal import Semantics
internal import Text

/// The limits in order of name, and what they speak of.
struct LimitTable {
  private(set) var limits: [LimitInfo] = []
  /// By server.
  private(set) var ofResources: [[ResourceLimit]]
  private var byTool: [ToolReference: [Int]] = [:]
  private var byPrompt: [PromptReference: [Int]] = [:]
  private let policies: CheckedPolicies

  init(_ policies: CheckedPolicies) throws(Rejected) {
    self.policies = policies
    ofResources = Array(repeating: [], count: policies.servers.count)
    let files = Dictionary(uniqueKeysWithValues: policies.files.map { ($0.id, $0) })
    let sorted = policies.limits.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (index, limit) in sorted.enumerated() {
      guard let file = files[limit.nameRange.file] else { preconditionFailure("a limit of a file that was not loaded") }
      limits.append(try LimitInfo(limit, file))
      for tool in limit.targets.tools { byTool[tool, default: []].append(index) }
      for prompt in limit.targets.prompts { byPrompt[prompt, default: []].append(index) }
      for (server, resources) in Dictionary(grouping: limit.targets.resources, by: { $0.server }) {
        ofResources[server].append(ResourceLimit(limit: index, globs: resources.map { URIGlob($0.uri) }))
      }
    }
  }

  func use(of tool: ToolReference) -> LimitedUse { LimitedUse(limits: byTool[tool] ?? [], cost: policies.costs[tool] ?? 1) }
  func use(of prompt: PromptReference) -> LimitedUse { LimitedUse(limits: byPrompt[prompt] ?? []) }
}

extension LimitInfo {
  fileprivate init(_ checked: CheckedPolicies.Limit, _ file: SourceFile) throws(Rejected) {
    let overflow: Limit.Overflow
    var because: String?
    switch checked.overflow {
    case .deny(let reason): (overflow, because) = (.deny, reason)
    case .wait(let milliseconds): overflow = .wait(nanoseconds: milliseconds * 1_000_000)
    }
    let period: Limit.Period =
      switch checked.period {
      case .rolling(let milliseconds): .nanoseconds(milliseconds * 1_000_000)
      case .calendar(let unit, let count): .calendar(CalendarWindow(.init(unit), count: count))
      case .flight: .flight
      }
    guard let limit = Limit(checked.amount, per: period, burst: checked.burst, overflow: overflow) else {
      throw Rejected([
        Diagnostic(
          .impossibleLimit, "limit `\(checked.name)` cannot be counted", at: Diagnostic.Label(checked.nameRange, "too great or too exact"),
          help: "amounts have at most 18 digits")
      ])
    }
    let measure: Measure =
      switch checked.measure {
      case .calls: .calls
      case .cost: .cost
      case .value(let path): .value(path.names)
      }
    self.init(
      name: checked.name, file: file.path, line: file.position(at: checked.nameRange.lower).line, isShadow: checked.isShadow,
      isConfidential: checked.annotations.contains { $0.name == "confidential" }, limit: limit, measure: measure,
      keys: checked.keys.map(Key.init), because: because, refundsOnFailure: checked.refundsOnFailure)
  }
}

extension LimitInfo.Key {
  fileprivate init(_ key: CheckedPolicies.Limit.Key) {
    switch key {
    case .agent: self = .agent
    case .tool: self = .tool
    case .session: self = .session
    case .scope: self = .scope
    case .server: self = .server
    case .subject: self = .subject
    case .claim(let path): self = .claim(Bytecode.ClaimPath(path))
    }
  }
}

extension CalendarWindow.Unit {
  fileprivate init(_ unit: CheckedPolicies.Limit.CalendarUnit) {
    switch unit {
    case .day: self = .day
    case .week: self = .week
    case .month: self = .month
    }
  }
}
