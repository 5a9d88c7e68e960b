import Approvals
import Authentication
import Bytecode
import Credentials
import Enforcement
import HTTPGateway
import Logging
import Semantics
import Settings
import StateStore
import Text

/// What `serve` is to do, by its options or by a configuration file.
struct ServePlan {
  let policies: [String]
  let upstreams: [Upstream]
  let listen: ListenAddress
  let agent: String?
  let takesKeys: Bool
  let hosts: [String]
  let origins: [String]
  let state: StateOptions
  let authentication: AuthenticationSettings?
  let approvals: GatewaySettings.Approvals
  let aggregate: AggregatePath?
  let options: ServeOptions
  /// Whether SALLYPORT_AGENT counts: a file says everything.
  let usesEnvironment: Bool
  /// What mistakes of the file are shown in; nil: there is none.
  private let source: SourceFile?
  private let upstreamRanges: [SourceRange]

  init(
    policies: [String], upstreams: [String], listen: String, agent: String?, hosts: [String], origins: [String], state: StateOptions,
    options: ServeOptions
  ) throws {
    try options.check()
    guard let address = ListenAddress(listen) else {
      throw Complaint("`\(listen)` is no address to listen on", help: "HOST:PORT, as in 127.0.0.1:8400 or [::1]:8400")
    }
    guard address.isLoopback || !hosts.isEmpty else {
      throw Complaint(
        "`\(listen)` can be reached from other machines, and nothing says by which names",
        help: "say it: --allow-host gate.example.com")
    }
    self.policies = policies
    self.upstreams = try ServePlan.upstreams(upstreams)
    self.listen = address
    self.agent = agent
    takesKeys = true
    self.hosts = hosts
    self.origins = origins
    self.state = state
    authentication = nil
    approvals = GatewaySettings.Approvals()
    aggregate = nil
    self.options = options
    usesEnvironment = true
    source = nil
    upstreamRanges = []
  }

  /// - Parameter options: that were said beside the file.
  init(file path: String, beside options: ServeOptions) throws {
    let bytes: [UInt8]
    do { bytes = try DiskReader().contents(of: path) } catch { throw Complaint("cannot read the configuration `\(path)`: \(error)") }
    let source = SourceFile(id: SourceFile.ID(0), path: path, bytes: bytes)
    let (file, malformed) = parseSettings(source)
    let (read, wrongOfGateway) = file.map(readGateway) ?? (nil, malformed)
    var options = options
    let wrong = wrongOfGateway + (try file.map { try options.read($0) } ?? [])
    guard let settings = read, wrong.isEmpty else {
      Terminal.write(
        DiagnosticReport(wrong.sorted { $0.primary.range < $1.primary.range }, files: [source]).human(colour: Terminal.hasColour(.errors)),
        to: .errors)
      throw Complaint("the configuration cannot be used")
    }
    try options.take(settings.process)
    try options.check()
    guard settings.policies.isEmpty != (options.bundle.source == nil) else {
      throw Complaint(
        settings.policies.isEmpty ? "`\(path)` names no policy" : "`\(path)` names policies, and there is a bundle",
        help: "under `[gateway]`: policies = [\"/etc/sallyport/policies\"]; or a table `[bundle]`")
    }
    guard !settings.upstreams.isEmpty else {
      throw Complaint("`\(path)` has no upstream", help: "`[[upstream]]` with the server's `name` in the policy, and its `url`")
    }
    policies = settings.policies
    upstreams = settings.upstreams
    listen = settings.listen
    agent = settings.callers.agent
    takesKeys = settings.callers.takesKeys
    hosts = settings.hosts
    origins = settings.origins
    state = StateOptions(path: settings.state)
    authentication = settings.authentication
    approvals = settings.approvals
    aggregate = settings.aggregate
    self.options = options
    usesEnvironment = false
    self.source = source
    upstreamRanges = settings.upstreamRanges
  }

  private static func upstreams(_ texts: [String]) throws -> [Upstream] {
    var upstreams: [Upstream] = []
    for text in texts {
      guard let equals = text.firstIndex(of: "="), let address = UpstreamAddress(String(text[text.index(after: equals)...])) else {
        throw Complaint("`\(text)` names no upstream", help: "NAME=http://HOST:PORT/PATH")
      }
      let name = String(text[..<equals])
      guard !upstreams.contains(where: { $0.name == name }) else { throw Complaint("the upstream `\(name)` is given twice") }
      upstreams.append(Upstream(name: name, address: address))
    }
    return upstreams
  }

  /// Whether a policy knows everything that is named here.
  func check(_ policies: CheckedPolicies) throws {
    let declared = policies.servers.map(\.name)
    for (index, upstream) in upstreams.enumerated() where !declared.contains(upstream.name) {
      if let source {
        let diagnostic = Diagnostic(
          .wrongSetting, "the policy declares no server `\(upstream.name)`", at: .init(upstreamRanges[index], "not declared"),
          help: suggestion(upstream.name, among: declared))
        Terminal.write(DiagnosticReport([diagnostic], files: [source]).human(colour: Terminal.hasColour(.errors)), to: .errors)
      }
      throw Complaint("the policy declares no server `\(upstream.name)`", help: suggestion(upstream.name, among: declared))
    }
    if let agent, !usesEnvironment { _ = try chooseAgent(agent, policies) }
  }

  /// Where approvals are asked for. Rules that ask may come with a reload, so a store that is there is opened in any case.
  func desk(_ program: Program, _ shared: SharedStore?) throws -> ApprovalDesk? {
    let groups = program.rules.compactMap { rule in if case .ask(let group, _) = rule.kind { group } else { nil } }
    if let unknown = approvals.groupsAtClients.first(where: { !groups.contains($0) }) {
      throw Complaint("no `ask` rule of the policy is for the group `\(unknown)`", help: suggestion(unknown, among: groups))
    }
    if let shared { return ApprovalDesk(store: shared.approvals, seal: shared.seal, groupsAtClient: approvals.groupsAtClients) }
    if let directory = state.directory {
      var store = try? StateStore(opening: directory)
      if !groups.isEmpty { store = try state.store(making: state.path == nil) }
      if let store { return ApprovalDesk(store: store, groupsAtClient: approvals.groupsAtClients) }
    }
    let areNamedByTokens = authentication?.issuers.contains { $0.groupsClaim != nil } ?? false
    return approvals.groupsAtClients.isEmpty && !areNamedByTokens
      ? nil : ApprovalDesk(store: ApprovalsInMemory(), groupsAtClient: approvals.groupsAtClients)
  }

  /// With an agent's name everybody is that agent; without, every request needs a credential.
  func callers(_ agent: String?, _ watch: StateWatch?, _ revocations: Revocations, _ logger: Logger) throws -> CallerRule {
    if let agent { return .everybody(Caller(identity: Identity(agent: agent))) }
    let tokens = authentication.map { settings in
      TokenRule(
        settings,
        settings.authenticator(revocations: revocations) { event in
          // Bad tokens are anybody's to send.
          logger.log(level: event.isTrouble ? .warning : .info, "authentication", metadata: ["what": "\(event)"])
        })
    }
    guard takesKeys else { return .credentials(BearerRule(tokens: tokens)) }
    guard let watch else {
      if let tokens { return .credentials(BearerRule(tokens: tokens)) }
      throw Complaint(
        "nothing says who calls", help: "--agent NAME makes everybody that agent; --state DIR, or SALLYPORT_STATE, says where keys are")
    }
    let keys: BearerRule.Keys = { credential, server in
      do throws(KeyFault) {
        guard let key = APIKey(credential) else { return .refused }
        let record = try watch.verify(key)
        guard record.opens(server: server) else { return .elsewhere }
        let caller = WrapCaller(record)
        return .accepted(Caller(identity: caller.identity, credential: caller.credential, name: record.identifier))
      } catch {
        return .refused
      }
    }
    return .credentials(BearerRule(keys: keys, tokens: tokens))
  }
}
