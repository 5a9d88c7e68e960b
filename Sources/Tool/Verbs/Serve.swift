import Administration
import Approvals
import ArgumentParser
import Bytecode
import Enforcement
import Gateway
import HTTPGateway
import Logging
import Observation
import Quotas
import Recording
import Semantics
import StateStore

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve MCP servers over HTTP, with the gate in front of them.",
    discussion: """
      Clients reach each server at http://ADDRESS/NAME by Streamable HTTP, in every revision since 2025-03-26. SIGHUP reads the policy \
      again: one that does not compile is refused and the old one stays. SIGTERM ends what is under way, then the process. The log is \
      JSON lines on standard error (docs/log.md); docs/serve.md has the rest.

      Exit codes: 0 ended by a signal, 2 usage or the address cannot be listened on, 3 the policy does not compile or the bundle is not taken.

      Examples:
        sallyport serve --policy sallyport/ --agent assistant --upstream library=http://127.0.0.1:9000/mcp
        sallyport serve --bundle https://policies.example.com/gate.bundle --bundle-key signing.pub.pem --upstream library=http://127.0.0.1:9000/mcp
        sallyport serve --config /etc/sallyport/serve.toml
      """)

  @Option(help: ArgumentHelp("A configuration file; it says what the options below say, and more (docs/serve.md).", valueName: "file"))
  var config: String?

  @Option(parsing: .upToNextOption, help: "Policy files, or folders of them.")
  var policy: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Servers: the `server` declaration of the policy, and where it listens.", valueName: "name=url"))
  var upstream: [String] = []

  @Option(help: "Where to listen. Anything but a loopback address needs --allow-host as well. Default: 127.0.0.1:8400.")
  var listen: String?

  @Option(help: "The agent that calls, as the policy names it. Default: SALLYPORT_AGENT.")
  var agent: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Further values that the `Host` header may have, with the port if it is not 80.", valueName: "host"))
  var allowHost: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Origins of web pages that may call, as browsers send them: https://example.com.", valueName: "origin"))
  var allowOrigin: [String] = []

  @OptionGroup var state: StateOptions
  @OptionGroup var options: ServeOptions

  func run() throws {
    let plan = try plan()
    let options = plan.options
    let stream = LogStream()
    let logger = options.observation.log.logger(stream)
    let opened = try OpenedPolicy(files: plan.policies, bundle: options.bundle, plan.state, logger, check: plan.check)
    let (policies, program) = (opened.policies, opened.program)
    let agent = plan.usesEnvironment ? try chooseAgent(plan.agent, policies) : plan.agent
    // Before any other thread exists.
    let signals = try SignalWait()
    let revocations = Revocations(awaitsShared: options.sharedStore.store.address != nil)
    let watch = try plan.state.watch(revocations)
    let shared = try options.sharedStore.open(revocations, logger)
    let recorder = try options.recording.recorder(policies, program, logger)
    let store = PolicyStore(program, quotas: shared.map { .shared($0.quotas) }, labels: shared?.labels, recorder: recorder?.recorder)
    var configuration = GatewayConfiguration(
      host: plan.listen.host, port: plan.listen.port, upstreams: plan.upstreams,
      callers: try plan.callers(agent, watch, revocations, logger))
    configuration.hosts = plan.hosts
    configuration.aggregate = plan.aggregate
    configuration.approvals = try plan.desk(program, shared)
    let webhook = try plan.approvals.webhook.map { try ApprovalWebhook($0, logger: logger) }
    configuration.askPeople = { webhook?.tell($0) }
    configuration.loops = options.loops
    try options.tls.setUp(&configuration)
    // Some of them are for upstreams.
    configuration.limits.connections = min(configuration.limits.connections, raiseDescriptorLimit() * 3 / 4)
    configuration.origins = plan.origins

    let adminAddress = try options.administration.address()
    let status = PolicyStatus()
    let observer = try beginObservation(&configuration, options.observation, isLookedAt: adminAddress != nil, status, logger, stream)
    let listener: Listener
    do {
      listener = try Listener(
        configuration, policies: store, revocations: revocations, logger: logger, stream: stream, mailbox: observer?.mailbox)
    } catch {
      throw Complaint("cannot listen on \(plan.listen.host):\(plan.listen.port): \(error)")
    }
    let reloader = PolicyReloader(
      policies, from: opened.source, servers: plan.upstreams.map(\.name), agent: agent, store: store, status: status,
      isTested: options.reloadTests, logger: logger, adopt: { recorder?.adopt($0, $1) })
    let admin = try adminAddress.map {
      try beginAdministration($0, options.administration, observer!, listener, reloader, configuration.approvals, logger)
    }
    if options.watch { try PolicyWatch(reloader, plan.policies).begin() }
    // Behind `SignalWait`, which has blocked the signals: no other thread may take them.
    shared?.begin()
    watch?.begin()
    webhook?.begin()
    opened.begin(reloader)
    defer {
      opened.end()
      recorder?.recorder.finish()
      webhook?.end()
      watch?.end()
      shared?.end()
      admin?.stop()
    }
    try listener.run(signals) { reloader.reload("signal") }
    if observer?.finish() == false { logger.error("records were left that could not be written to the audit log") }
  }

  private func beginObservation(
    _ configuration: inout GatewayConfiguration, _ observation: ObservationOptions, isLookedAt: Bool, _ status: PolicyStatus,
    _ logger: Logger, _ stream: LogStream
  ) throws -> Observer? {
    guard let prepared = try observation.prepare(isAlwaysWanted: isLookedAt, logger: logger, stream: stream) else { return nil }
    configuration.recording = prepared.recording
    let places = configuration.upstreams.compactMap { upstream -> (String, UpstreamPlace)? in
      guard case .http(let address) = upstream.target else { return nil }
      return (upstream.name, UpstreamPlace(host: address.host, port: address.port))
    }
    return try prepared.begin(transport: "tcp", upstreams: Dictionary(places) { first, _ in first }, policy: status)
  }

  private func beginAdministration(
    _ address: ListenAddress, _ administration: AdminOptions, _ observer: Observer, _ listener: Listener, _ reloader: PolicyReloader,
    _ desk: ApprovalDesk?,
    _ logger: Logger
  ) throws -> AdminListener {
    let service = AdminService(
      observer: observer, isReady: { listener.isReady }, reload: { reloader.reload("admin") },
      waiting: { desk?.waiting(at: Observer.now)?.map(AdminService.Waiting.init) },
      token: try administration.token())
    do {
      let admin = try AdminListener(host: address.host, port: address.port, service)
      logger.notice("administration listens", metadata: ["at": "\(address.host):\(admin.port)"])
      return admin
    } catch {
      throw Complaint("cannot listen on \(address.host):\(address.port): \(error)")
    }
  }

  private func plan() throws -> ServePlan {
    guard let config else {
      guard policy.isEmpty != (options.bundle.source == nil), !upstream.isEmpty else {
        throw ValidationError("say --policy or --bundle, and --upstream, or name a file that says everything: --config FILE")
      }
      return try ServePlan(
        policies: policy, upstreams: upstream, listen: listen ?? "127.0.0.1:8400", agent: agent, hosts: allowHost, origins: allowOrigin,
        state: state, options: options)
    }
    guard policy.isEmpty, upstream.isEmpty, listen == nil, agent == nil, allowHost.isEmpty, allowOrigin.isEmpty, state.path == nil else {
      throw ValidationError(
        "with --config the file says who calls what by which policy; --policy, --upstream, --listen, --agent, --allow-host, --allow-origin and --state are said there"
      )
    }
    return try ServePlan(file: config, beside: options)
  }
}

extension AdminService.Waiting {
  fileprivate init(_ approval: Approval) {
    self.init(
      identifier: approval.identifier, agent: approval.request.caller, what: approval.request.target, group: approval.request.group,
      since: approval.asked)
  }
}
