package import Digests
package import JSON
package import Patterns

/// Compiled policies: the whole border between the language and the runtime. Immutable, so every connection may decide by one at once; a
/// reload makes a new one.
package final class Program: Sendable {
  /// Everything a program is made of; `verify` says whether it may become one.
  package struct Parts: Sendable {
    package var generation: UInt64 = 0
    package var fingerprint: Digest
    /// By number, which is by name.
    package var rules: [RuleInfo] = []
    package var servers: [ServerInfo] = []
    package var tools: [PinnedInfo] = []
    package var prompts: [PinnedInfo] = []
    package var agents: [AgentInfo] = []
    /// In order of name.
    package var scopes: [ScopeInfo] = []
    /// A set's stand together, in order of set and place.
    package var filterPatterns: [FilterPattern] = []
    /// Sets that filters use.
    package var patternSets: [PatternSetInfo] = []
    /// In order of name.
    package var filters: [FilterInfo] = []
    /// In order of name.
    package var limits: [LimitInfo] = []
    /// By number, which is by name.
    package var labels: [LabelInfo] = []
    /// What an approval does to labels.
    package var approvalLabels = LabelChange()
    /// Empty: a session is its principal's.
    package var sessionKey: [SessionKeyPart] = []
    /// Where each shared slot's value comes from.
    package var sources: [SharedSource] = []
    /// What every target can read: claims, clock and labels. A plan of no target, with no rules.
    package var shared: Plan
    /// Layers that contain grants; each must grant.
    package var grantingLayers: Int = 0
    /// Names of arguments for people, by `FieldNumber`; the first stands for the arguments as a whole.
    package var fields: [String] = [""]
    package var names = Names()
    package var pool = Pool()
    package var numbers: [Number] = []
    /// `numbers` as multiples of their slot's scale; 0 where the slot has none.
    package var scaled: [Int64] = []
    package var moments: [Int64] = []
    package var patterns: [Pattern] = []
    package var code: [Instruction] = []
    package var candidates: [Candidate] = []
    package var buckets = Buckets()

    package init(fingerprint: Digest, shared: Plan) {
      self.fingerprint = fingerprint
      self.shared = shared
    }
  }

  package let generation: UInt64
  /// The same for policies that mean the same by their text: order, files, positions and comments do not matter.
  package let fingerprint: Digest
  package let rules: [RuleInfo]
  package let servers: [ServerInfo]
  package let tools: [PinnedInfo]
  package let prompts: [PinnedInfo]
  package let agents: [AgentInfo]
  package let scopes: [ScopeInfo]
  package let filterPatterns: [FilterPattern]
  package let patternSets: [PatternSetInfo]
  package let filters: [FilterInfo]
  package let limits: [LimitInfo]
  package let labels: [LabelInfo]
  package let allLabels: LabelSet
  /// Those that something takes away again.
  package let clearableLabels: LabelSet
  package let approvalLabels: LabelChange
  package let sessionKey: [SessionKeyPart]
  package let sources: [SharedSource]
  package let shared: Plan
  package let grantingLayers: Int
  package let fields: [String]
  package let names: Names
  package let pool: Pool
  package let numbers: [Number]
  package let scaled: [Int64]
  package let moments: [Int64]
  package let patterns: [Pattern]
  package let code: [Instruction]
  package let candidates: [Candidate]
  package let buckets: Buckets
  /// Cells that the largest plan needs.
  package let cells: Int
  package let tables: Tables

  /// Refuses parts that evaluation could run wild on.
  package init(_ parts: Parts) throws(Fault) {
    try verify(parts)
    generation = parts.generation
    fingerprint = parts.fingerprint
    rules = parts.rules
    servers = parts.servers
    tools = parts.tools
    prompts = parts.prompts
    agents = parts.agents
    scopes = parts.scopes
    filterPatterns = parts.filterPatterns
    patternSets = parts.patternSets
    filters = parts.filters
    limits = parts.limits
    labels = parts.labels
    let ids = parts.labels.indices.map { LabelID(UInt8($0)) }
    allLabels = LabelSet(ids)
    clearableLabels = LabelSet(ids.filter { parts.labels[Int($0.index)].canBeCleared })
    approvalLabels = parts.approvalLabels
    sessionKey = parts.sessionKey
    sources = parts.sources
    shared = parts.shared
    grantingLayers = parts.grantingLayers
    fields = parts.fields
    names = parts.names
    pool = parts.pool
    numbers = parts.numbers
    scaled = parts.scaled
    moments = parts.moments
    patterns = parts.patterns
    code = parts.code
    candidates = parts.candidates
    buckets = parts.buckets
    cells = (parts.tools + parts.prompts).reduce(parts.shared.slots.count) { max($0, $1.plan?.slots.count ?? 0) }
    tables = Tables(parts)
  }

  /// The server a policy declares under this name.
  package func server(named name: String) -> ServerID? {
    servers.firstIndex { $0.name == name }.map { ServerID(UInt32($0)) }
  }

  /// Does not allocate.
  package func tool(named name: Span<UInt8>, of server: ServerID) -> ToolID? {
    names.number(of: name, in: servers[Int(server.index)].tools).map(ToolID.init)
  }

  package func tool(named name: String, of server: ServerID) -> ToolID? { tool(named: Array(name.utf8).span, of: server) }

  /// Does not allocate.
  package func prompt(named name: Span<UInt8>, of server: ServerID) -> PromptID? {
    names.number(of: name, in: servers[Int(server.index)].prompts).map(PromptID.init)
  }

  package func prompt(named name: String, of server: ServerID) -> PromptID? { prompt(named: Array(name.utf8).span, of: server) }

  package func rule(_ number: RuleNumber) -> RuleInfo { rules[Int(number.index)] }
  package func tool(_ id: ToolID) -> PinnedInfo { tools[Int(id.index)] }
  package func prompt(_ id: PromptID) -> PinnedInfo { prompts[Int(id.index)] }
  /// The name of an argument; nil for the arguments as a whole.
  package func field(_ number: FieldNumber) -> String? { number.index == 0 ? nil : fields[Int(number.index)] }
  /// The agent declared under this name.
  package func agent(named name: String) -> Int? { agents.firstIndex { $0.name == name } }
}

/// Where the value of a slot that every target shares comes from.
package enum SharedSource: Hashable, Sendable {
  case claim(ClaimPath)
  case clock(ClockField)
  /// Whether the session has it.
  case label(LabelID)
}

/// What of the clock rules read, in UTC.
package enum ClockField: UInt8, Hashable, Sendable, CaseIterable {
  /// Monday is 1, Sunday 7 (ISO 8601).
  case weekday
  case hour, minute
  /// 1...31
  case day
  /// 1...12
  case month
  case year
  case moment
}
