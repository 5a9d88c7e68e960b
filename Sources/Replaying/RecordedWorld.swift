internal import Bytecode
internal import Enforcement
internal import JSON
internal import Recording

/// What lines of a recording rest on: the policies, callers and tests that it has named so far.
struct RecordedWorld {
  struct Policy {
    var fingerprint = ""
    /// By server and tool: the pinned digest and the form of the schema.
    var tools: [String: [String: (digest: String, form: String)]] = [:]
    /// By filter.
    var filters: [String: String] = [:]
  }

  struct Caller {
    let server: String
    let identity: Identity
    /// For people; the policy's name where there is one.
    let name: String
    /// Whether claims were recorded as digests.
    let isMasked: Bool
    /// Of a verified caller: the agents that it was.
    let agents: [String]
  }

  private(set) var policies: [Policy] = []
  private(set) var callers: [Caller] = []
  /// By number: identities of tests.
  private(set) var tests: [String] = []
  private(set) var start: Int64?
  /// How many recordings the file has had so far.
  private(set) var headers = 0
  /// Events that were not recorded because there were too many.
  private(set) var lost = 0

  /// - Returns: why the line cannot be used.
  mutating func take(_ line: RecordedLine) -> String? {
    switch line.kind {
    case .header: return takeHeader(line)
    case .policy: takePolicy(line)
    case .tests: tests += line.texts(MemberName("ids"))
    case .caller: takeCaller(line)
    case .gap: lost += Int(line.integer(MemberName("lost")) ?? 0)
    case .call, .end, .list, .note: break
    }
    return nil
  }

  private mutating func takeHeader(_ line: RecordedLine) -> String? {
    guard line.text(MemberName("format")) == TrafficFormat.name else { return "it is no recording of ours" }
    guard line.integer(MemberName("version")) == Int64(TrafficFormat.version) else {
      return "it is of a version that this one does not read"
    }
    headers += 1
    start = start ?? line.integer(MemberName("start"))
    // Another process has gone on with the file; its numbers are its own.
    policies = []
    callers = []
    tests = []
    return nil
  }

  private mutating func takePolicy(_ line: RecordedLine) {
    let document = line.document
    var policy = Policy(fingerprint: line.text(MemberName("fingerprint")) ?? "")
    if let servers = line.node(MemberName("servers")), document.kind(servers) == .array {
      for server in document.elements(servers) {
        guard let name = document.member(server, "name").flatMap({ document.string($0) }),
          let tools = document.member(server, "tools"), document.kind(tools) == .object
        else { continue }
        for (key, value) in document.members(tools) {
          guard let tool = document.string(key), document.kind(value) == .array else { continue }
          let parts = document.elements(value).compactMap { document.string($0) }
          if parts.count == 2 { policy.tools[name, default: [:]][tool] = (parts[0], parts[1]) }
        }
      }
    }
    if let filters = line.node(MemberName("filters")), document.kind(filters) == .object {
      for (key, value) in document.members(filters) {
        if let name = document.string(key), let identity = document.string(value) { policy.filters[name] = identity }
      }
    }
    policies.append(policy)
  }

  private mutating func takeCaller(_ line: RecordedLine) {
    let document = line.document
    var claims: [ClaimPath: Value] = [:]
    if let object = line.node(MemberName("claims")), document.kind(object) == .object {
      for (key, value) in document.members(object) {
        let parts = (document.string(key) ?? "").split(separator: ".").map(String.init)
        guard parts.count > 1, let root = ClaimPath.Root(rawValue: parts[0]) else { continue }
        claims[ClaimPath(root: root, path: Array(parts.dropFirst()))] = Value(document, value)
      }
    }
    let name = line.text(RecordedLine.Names.agent)
    let caller: Identity.Caller =
      switch line.text(MemberName("as")) {
      case "verified": .verified
      case "named": .named(name ?? "")
      default: .anyone
      }
    let scopes = line.node(MemberName("scopes")).map { document.elements($0).compactMap { document.string($0) } }
    let identity = Identity(caller: caller, claims: claims, scopes: scopes)
    let agents = line.texts(MemberName("agents"))
    callers.append(
      Caller(
        server: line.text(MemberName("server")) ?? "", identity: identity, name: name ?? agents.first ?? "",
        isMasked: claims.values.contains { RecordedWorld.isMasked($0) }, agents: agents))
  }

  private static func isMasked(_ value: Value) -> Bool {
    switch value {
    case .string(let text): text.utf8.first == 0
    case .array(let elements): elements.contains(where: isMasked)
    case .object(let members): members.contains { isMasked($0.value) }
    case .null, .boolean, .number: false
    }
  }
}
