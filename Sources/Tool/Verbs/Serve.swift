import Administration
import ArgumentParser
import Bytecode
import Credentials
import Digests
import Enforcement
import Gateway
import HTTPGateway
import Logging
import Observation
import Semantics
import StateStore

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve MCP servers over HTTP, with the gate in front of them.",
    discussion: """
      Clients reach each server at http://ADDRESS/NAME by Streamable HTTP, in every revision since 2025-03-26. SIGHUP reads the policy \
      again: one that does not compile is refused and the old one stays. SIGTERM ends what is under way, then the process. The log is \
      JSON lines on standard error (docs/log.md); docs/serve.md has the rest.

      Exit codes: 0 ended by a signal, 2 usage or the address cannot be listened on, 3 the policy does not compile.

      Example: sallyport serve --policy sallyport/ --agent assistant --upstream library=http://127.0.0.1:9000/mcp
      """)

  @Option(parsing: .upToNextOption, help: "Policy files, or folders of them.")
  var policy: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Servers: the `server` declaration of the policy, and where it listens.", valueName: "name=url"))
  var upstream: [String]

  @Option(help: "Where to listen. Anything but a loopback address needs --allow-host as well.")
  var listen = "127.0.0.1:8400"

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

  @Option(help: "Event loops, each on a thread. Default: one for each core.")
  var loops: Int?

  @OptionGroup var state: StateOptions
  @OptionGroup var logging: LogOptions
  @OptionGroup var observation: ObservationOptions
  @OptionGroup var administration: AdminOptions

  func run() throws {
    let policies = try requirePolicies(policy)
    let upstreams = try chooseUpstreams(policies)
    let agent = try chooseAgent(agent, policies)
    let store = PolicyStore(try compiled(policies))
    guard let address = ListenAddress(listen) else {
      throw Complaint("`\(listen)` is no address to listen on", help: "HOST:PORT, as in 127.0.0.1:8400 or [::1]:8400")
    }
    guard address.isLoopback || !allowHost.isEmpty else {
      throw Complaint(
        "`\(listen)` can be reached from other machines, and nothing says by which names",
        help: "say it: --allow-host gate.example.com; there is no TLS yet, so put a proxy in front that has it")
    }
    guard (1...GatewayConfiguration.mostLoops).contains(loops ?? 1) else {
      throw Complaint("--loops is 1 to \(GatewayConfiguration.mostLoops)")
    }
    // Before any other thread exists.
    let signals = try SignalWait()
    let watch = try state.watch()
    var configuration = GatewayConfiguration(
      host: address.host, port: address.port, upstreams: upstreams, callers: try chooseCallers(agent, watch))
    configuration.hosts = allowHost
    configuration.loops = loops
    // Some of them are for upstreams.
    configuration.limits.connections = min(configuration.limits.connections, raiseDescriptorLimit() * 3 / 4)
    configuration.origins = allowOrigin

    let stream = LogStream()
    let logger = logging.logger(stream)
    let adminAddress = try administration.address()
    let status = PolicyStatus()
    let observer = try beginObservation(&configuration, isLookedAt: adminAddress != nil, status, logger, stream)
    let listener: Listener
    do {
      listener = try Listener(
        configuration, policies: store, revocations: watch?.revocations ?? Revocations(), logger: logger, stream: stream,
        mailbox: observer?.mailbox)
    } catch {
      throw Complaint("cannot listen on \(listen): \(error)")
    }
    let reloader = PolicyReloader(
      policies, paths: policy, servers: upstreams.map(\.name), store: store, status: status, isTested: administration.reloadTests,
      logger: logger)
    let admin = try adminAddress.map { try beginAdministration($0, observer!, listener, reloader, logger) }
    if administration.watch { try PolicyWatch(reloader).begin() }
    // Behind `SignalWait`, which has blocked the signals: no other thread may take them.
    watch?.begin()
    defer {
      watch?.end()
      admin?.stop()
    }
    try listener.run(signals) { reloader.reload("signal") }
    if observer?.finish() == false { logger.error("records were left that could not be written to the audit log") }
  }

  private func beginObservation(
    _ configuration: inout GatewayConfiguration, isLookedAt: Bool, _ status: PolicyStatus, _ logger: Logger, _ stream: LogStream
  ) throws -> Observer? {
    guard let prepared = try observation.prepare(isAlwaysWanted: isLookedAt, logger: logger, stream: stream) else { return nil }
    configuration.recording = prepared.recording
    let places = configuration.upstreams.map { ($0.name, UpstreamPlace(host: $0.address.host, port: $0.address.port)) }
    return try prepared.begin(transport: "tcp", upstreams: Dictionary(places) { first, _ in first }, policy: status)
  }

  private func beginAdministration(
    _ address: ListenAddress, _ observer: Observer, _ listener: Listener, _ reloader: PolicyReloader, _ logger: Logger
  ) throws -> AdminListener {
    let service = AdminService(
      observer: observer, isReady: { listener.isReady }, reload: { reloader.reload("admin") }, waiting: { nil },
      token: try administration.token())
    do {
      let admin = try AdminListener(host: address.host, port: address.port, service)
      logger.notice("administration listens", metadata: ["at": "\(address.host):\(admin.port)"])
      return admin
    } catch {
      throw Complaint("cannot listen on \(address.host):\(address.port): \(error)")
    }
  }

  private func chooseUpstreams(_ policies: CheckedPolicies) throws -> [Upstream] {
    let declared = policies.servers.map(\.name)
    var upstreams: [Upstream] = []
    for text in upstream {
      guard let equals = text.firstIndex(of: "="), let address = UpstreamAddress(String(text[text.index(after: equals)...])) else {
        throw Complaint("`\(text)` names no upstream", help: "NAME=http://HOST:PORT/PATH; there is no TLS to upstreams yet")
      }
      let name = String(text[..<equals])
      guard declared.contains(name) else {
        throw Complaint("the policy declares no server `\(name)`", help: suggestion(name, among: declared))
      }
      guard !upstreams.contains(where: { $0.name == name }) else { throw Complaint("the upstream `\(name)` is given twice") }
      upstreams.append(Upstream(name: name, address: address))
    }
    return upstreams
  }

  /// With an agent's name everybody is that agent; without, every request needs a key.
  private func chooseCallers(_ agent: String?, _ watch: StateWatch?) throws -> CallerRule {
    if let agent { return .everybody(Caller(identity: Identity(agent: agent))) }
    guard let watch else {
      throw Complaint(
        "nothing says who calls", help: "--agent NAME makes everybody that agent; --state DIR, or SALLYPORT_STATE, says where keys are")
    }
    return .bearer { credential, server in
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
  }
}
