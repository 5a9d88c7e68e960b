import Bytecode
import Digests
import Enforcement
import JSON

/// What a program made by hand says of one tool or prompt, whatever the arguments.
enum Ruling: Sendable {
  case granted
  /// By the rule `refused_NAME`.
  case denied(because: String?)
  /// By the rule `asked_NAME`, of the group `reviewers`.
  case asked
  /// No rule speaks of it.
  case closed
}

/// A program for the one server `demo`, made without the language: these tests are about messages, not about rules.
struct Rulebook {
  var tools: [(definition: String, ruling: Ruling)] = []
  var prompts: [(name: String, ruling: Ruling)] = []
  /// Globs of readable resources, literal but for a `*` at the end.
  var resources: [String] = []
  var generation: UInt64 = 1
  /// Whether a filter reads everything, and finds nothing.
  var isFiltered = false

  func program() -> Program {
    var making = Making()
    let digest = sha256([])
    let shared = Plan(
      slots: [], shared: 0, fields: [], names: [], members: 0..<0, denies: nil, asks: nil, shadows: nil, grants: [], rules: [])
    var parts = Program.Parts(fingerprint: digest, shared: shared)
    parts.generation = generation
    parts.grantingLayers = 1
    if isFiltered { Rulebook.addFilter(to: &parts) }
    let filters = isFiltered ? [0] : []
    let toolSpace = Names.Space(1)
    let promptSpace = Names.Space(2)
    for tool in tools {
      let value = Rulebook.parse(tool.definition)
      let name = value["name"]?.string ?? ""
      parts.names.insert(name, UInt32(parts.tools.count), in: toolSpace)
      parts.tools.append(
        PinnedInfo(
          server: ServerID(0), name: name, digest: Rulebook.digest(value), plan: making.plan(name, tool.ruling, &parts), filters: filters))
    }
    for prompt in prompts {
      parts.names.insert(prompt.name, UInt32(parts.prompts.count), in: promptSpace)
      parts.prompts.append(
        PinnedInfo(
          server: ServerID(0), name: prompt.name, digest: digest, plan: making.plan(prompt.name, prompt.ruling, &parts), filters: filters))
    }
    let readable = resources.map { glob in
      let literal = URIGlob.Piece.literal(Array(glob.utf8.filter { $0 != UInt8(ascii: "*") }))
      return URIGlob(source: glob, pieces: glob.hasSuffix("*") ? [literal, .anything] : [literal])
    }
    var resourceRules: [ResourceRule] = []
    if !readable.isEmpty {
      let rule = making.rule("read_resources", .grant(scope: "everything"), nil, &parts)
      resourceRules.append(
        ResourceRule(effect: .grant(layer: 0), planned: PlannedRule(rule: rule, chain: .always, atoms: []), globs: readable))
    }
    let resourceFilters = filters.map { ResourceFilter(filter: $0, globs: readable) }
    parts.servers = [
      ServerInfo(
        name: "demo", tools: toolSpace, prompts: promptSpace, resources: resourceRules, filters: filters, resourceFilters: resourceFilters)
    ]
    do {
      return try Program(parts)
    } catch {
      preconditionFailure("the rulebook is no program: \(error)")
    }
  }

  private static func addFilter(to parts: inout Program.Parts) {
    parts.filterPatterns = [FilterPattern(name: "none.such", source: "nosuchtextanywhere", caseInsensitive: true, longestText: .max)]
    parts.patternSets = [PatternSetInfo(name: "none", threshold: nil, window: 64, patterns: 0..<1)]
    let clause = FilterClause(set: 0, patterns: [0], isScored: false, content: .block, labels: LabelSet(), because: nil)
    parts.filters = [
      FilterInfo(
        name: "finds_nothing", file: "demo.sally", line: 1, isShadow: false, isConfidential: false,
        places: .outputs, transforms: [.unicode, .base64], clauses: [clause])
    ]
  }

  /// As snapshots define it: of the canonical JSON without `_meta`.
  private static func digest(_ definition: Value) -> Digest {
    sha256(write(.object((definition.members ?? []).filter { $0.name != "_meta" }), .canonical))
  }

  static func parse(_ text: String) -> Value {
    guard let value = try? Value(parsing: Array(text.utf8)) else { preconditionFailure("not JSON: \(text)") }
    return value
  }

  private struct Making {
    var groups: UInt32 = 0

    mutating func rule(_ name: String, _ kind: RuleInfo.Kind, _ because: String?, _ parts: inout Program.Parts) -> RuleNumber {
      let number = RuleNumber(UInt32(parts.rules.count))
      parts.rules.append(
        RuleInfo(
          number: number, name: name, kind: kind, because: because, isShadow: false, layer: nil, file: "demo.sally", line: 1,
          annotations: [], condition: "", atoms: []))
      return number
    }

    mutating func group(_ rule: RuleNumber, _ parts: inout Program.Parts) -> Group {
      let lower = parts.candidates.count
      parts.candidates.append(Candidate(rule: rule, chain: .always, expires: .max))
      parts.buckets.insert(
        group: groups, agent: Buckets.everyone, pivot: Buckets.unpivoted, value: 0, candidates: lower..<parts.candidates.count)
      defer { groups += 1 }
      return Group(number: groups, pivots: [], hasAgents: false)
    }

    mutating func plan(_ name: String, _ ruling: Ruling, _ parts: inout Program.Parts) -> Plan? {
      if case .closed = ruling { return nil }
      let first = parts.rules.count
      let grant = group(rule("granted_\(name)", .grant(scope: "everything"), nil, &parts), &parts)
      var deny: Group?
      var ask: Group?
      switch ruling {
      case .denied(let because): deny = group(rule("refused_\(name)", .deny, because, &parts), &parts)
      case .asked: ask = group(rule("asked_\(name)", .ask(approvers: "reviewers", withinMilliseconds: 60_000), nil, &parts), &parts)
      case .granted, .closed: break
      }
      let rules = parts.rules[first...].map { PlannedRule(rule: $0.number, chain: .always, atoms: []) }
      return Plan(
        slots: [], shared: 0, fields: [], names: [], members: 0..<0, denies: deny, asks: ask, shadows: nil, grants: [grant], rules: rules)
    }
  }
}

extension Rulebook {
  static let echo =
    #"{"name":"echo","description":"Echo the text back.","inputSchema":{"type":"object","properties":{"text":{"type":"string","maxLength":200}},"required":["text"]}}"#
  static let weigh =
    #"{"name":"weigh","inputSchema":{"type":"object","properties":{"item":{"type":"string"}}},"outputSchema":{"type":"object","properties":{"grams":{"type":"integer","minimum":0},"parts":{"type":"array","items":{"type":"object","properties":{"grams":{"type":"integer"}},"additionalProperties":{"type":"string"}}}},"required":["grams"]}}"#
  static let remove =
    #"{"name":"delete_file","inputSchema":{"type":"object","properties":{"path":{"type":"string"},"force":{"type":"boolean"}},"required":["path"]}}"#
  static let transfer = #"{"name":"transfer","inputSchema":{"type":"object","properties":{"amount":{"type":"number"}}}}"#
  static let secret = #"{"name":"secret","inputSchema":{"type":"object"}}"#

  /// One tool of every ruling, one with an output schema, one prompt granted and one closed, resources below `demo://open/`.
  static let demo = Rulebook(
    tools: [
      (echo, .granted), (remove, .denied(because: "Files are kept; ask an operator.")), (transfer, .asked), (secret, .closed),
      (weigh, .granted),
    ],
    prompts: [("review", .granted), ("hidden", .closed)], resources: ["demo://open/*"])

  /// A result of `tools/list` that offers exactly what is pinned.
  var toolsResult: String { #"{"tools":["# + tools.map(\.definition).joined(separator: ",") + "]}" }
}
