package import Authentication
package import Settings
package import Text

/// What a configuration file says of `serve` (docs/serve.md).
package struct GatewaySettings: Sendable {
  /// Who calls where no token says it.
  package struct Callers: Sendable {
    /// Everybody is this agent; nil: every request needs a credential.
    package let agent: String?
    /// Whether API keys are taken.
    package let takesKeys: Bool
  }

  /// The tables of a configuration file, and whether there may be several of each. Whoever adds a section adds it here and in
  /// `GatewaySettingsReading.settings`.
  package static let tables: [(name: String, isRepeated: Bool)] =
    [("gateway", false), ("upstream", true), ("aggregate", false), ("approvals", false)] + AuthenticationSettings.tables
    + processTables.map { ($0, false) }

  /// Those that are read by whoever starts the gate: they say the same as its options.
  package static let processTables = ["bundle", "tls", "admin", "audit", "telemetry", "log", "recording", "store"]

  package let listen: ListenAddress
  package let listenRange: SourceRange?
  /// Files and folders.
  package let policies: [String]
  /// The folder that keeps keys, stops and approvals; nil: the usual one.
  package let state: String?
  package let hosts: [String]
  package let origins: [String]
  package let callers: Callers
  package let upstreams: [Upstream]
  /// Where the name of each upstream stands, in their order.
  package let upstreamRanges: [SourceRange]
  /// Nil: no tokens are taken.
  package let authentication: AuthenticationSettings?
  package let approvals: Approvals
  package let aggregate: AggregatePath?
  package let process: Process

  /// How the process works.
  package struct Process: Sendable {
    /// Nil: one for each core.
    package let loops: Int?
    /// Whether the policy is read again when its files change.
    package let watches: Bool?
    /// Whether a new policy whose tests or proofs fail is refused.
    package let testsReloads: Bool?

    package init(loops: Int? = nil, watches: Bool? = nil, testsReloads: Bool? = nil) {
      self.loops = loops
      self.watches = watches
      self.testsReloads = testsReloads
    }
  }

  /// Who is asked for approvals beside those who look for them.
  package struct Approvals: Sendable {
    /// Groups that the people at the clients are in.
    package let groupsAtClients: [String]
    /// Where to send what waits.
    package let webhook: String?

    package init(groupsAtClients: [String] = [], webhook: String? = nil) {
      self.groupsAtClients = groupsAtClients
      self.webhook = webhook
    }
  }
}

/// Reads a configuration file. Every mistake is named at its place; with one, there are no settings.
package func readGateway(_ file: SettingsFile) -> (settings: GatewaySettings?, diagnostics: [Diagnostic]) {
  var reading = GatewaySettingsReading(file)
  let settings = reading.settings()
  let diagnostics = (file.check(GatewaySettings.tables) + reading.diagnostics).sorted { $0.primary.range < $1.primary.range }
  return (diagnostics.isEmpty ? settings : nil, diagnostics)
}

struct GatewaySettingsReading {
  let file: SettingsFile
  var diagnostics: [Diagnostic] = []

  init(_ file: SettingsFile) { self.file = file }

  mutating func settings() -> GatewaySettings? {
    let gateway = section("gateway") { reading, reader in reading.gateway(&reader) }
    let approvals = section("approvals") { _, reader in
      GatewaySettings.Approvals(
        groupsAtClients: (reader.texts("client_groups") ?? []).map(\.text), webhook: reader.text("webhook")?.text)
    }
    let upstreams = upstreams()
    let aggregate = section("aggregate") { reading, reader in reading.aggregate(&reader, upstreams) } ?? nil
    let (authentication, faults) = authentication(upstreams, aggregate)
    diagnostics += faults
    let agent = gateway?.agent
    let takesKeys = gateway?.takesKeys ?? (agent == nil)
    if let gateway, agent != nil, takesKeys || authentication != nil {
      diagnostics.append(
        Diagnostic(
          .wrongSetting, "everybody is the agent, so no credential is looked at", at: .init(gateway.agentRange, "everybody"),
          help: "leave out `agent`, or `keys` and the issuers"))
    }
    return GatewaySettings(
      listen: gateway?.listen ?? GatewaySettingsReading.usualAddress, listenRange: gateway?.listenRange,
      policies: gateway?.policies ?? [], state: gateway?.state,
      hosts: gateway?.hosts ?? [], origins: gateway?.origins ?? [], callers: .init(agent: agent, takesKeys: takesKeys),
      upstreams: upstreams.map(\.upstream), upstreamRanges: upstreams.map(\.range), authentication: authentication,
      approvals: approvals ?? GatewaySettings.Approvals(),
      aggregate: aggregate, process: gateway?.process ?? GatewaySettings.Process())
  }

  /// Reads a table of which there is at most one.
  ///
  /// - Returns: nil when it is not there.
  mutating func section<Section>(
    _ name: String, _ body: (inout GatewaySettingsReading, inout SettingsReader) -> Section
  ) -> Section? {
    guard let table = file.tables(name).first else { return nil }
    var reader = SettingsReader(table)
    let section = body(&self, &reader)
    diagnostics += reader.finish()
    return section
  }

  // MARK: [gateway]

  struct GatewaySection {
    let listen: ListenAddress?
    let listenRange: SourceRange?
    let policies: [String]
    let state: String?
    let hosts: [String]
    let origins: [String]
    let agent: String?
    let agentRange: SourceRange
    let takesKeys: Bool?
    let process: GatewaySettings.Process
  }

  private static let usualAddress = ListenAddress("127.0.0.1:8400") ?? ListenAddress(host: "127.0.0.1", port: 8_400)

  private func gateway(_ reader: inout SettingsReader) -> GatewaySection {
    var listen: ListenAddress?
    let listenText = reader.text("listen")
    if let (text, range) = listenText {
      listen = ListenAddress(text)
      if listen == nil { reader.complain(range, "`listen` is no address to listen on", help: "\"HOST:PORT\", as in \"127.0.0.1:8400\"") }
    }
    let policies = reader.paths("policies") ?? []
    let state = reader.path("state")
    let hosts = (reader.texts("hosts") ?? []).map(\.text)
    let origins = (reader.texts("origins") ?? []).map(\.text)
    let agent = reader.text("agent")
    let takesKeys = reader.boolean("keys")
    let loops = reader.whole("loops", in: 1...Int64(GatewayConfiguration.mostLoops), unit: "event loops")
    let process = GatewaySettings.Process(
      loops: loops.map { Int($0) }, watches: reader.boolean("watch"), testsReloads: reader.boolean("reload_tests"))
    if let listen, let range = listenText?.range, !listen.isLoopback, hosts.isEmpty {
      reader.complain(
        range, "this can be reached from other machines, and nothing says by which names", "not this machine alone",
        help: "say it: `hosts = [\"gate.example.com\"]`")
    }
    return GatewaySection(
      listen: listen, listenRange: listenText?.range, policies: policies, state: state, hosts: hosts, origins: origins, agent: agent?.text,
      agentRange: agent?.range ?? SourceRange(file: file.source.id, lower: 0, upper: 0), takesKeys: takesKeys,
      process: process)
  }

  // MARK: Parts

  private func authentication(_ upstreams: [UpstreamSection], _ aggregate: AggregatePath?) -> (AuthenticationSettings?, [Diagnostic]) {
    guard AuthenticationSettings.tables.contains(where: { !file.tables($0.name).isEmpty }) else { return (nil, []) }
    return readAuthentication(
      file, paths: upstreams.map(\.upstream.path) + (aggregate.map { [$0.path] } ?? []),
      audiences: upstreams.compactMap(\.upstream.audience))
  }
}
